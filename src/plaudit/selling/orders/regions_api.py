"""Decisions about regions over HTTP: the reasons for buyers, all of it for operators."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get
from litestar.params import FromPath
from msgspec import Meta

from plaudit.injected import Database
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.people.model import Role, Scope
from plaudit.policy import actions as decisions
from plaudit.policy.model import (
    Basis,
    DatabaseVersion,
    EvidenceSource,
    NetworkKind,
    Outcome,
    Reason,
    RegionDecision,
)
from plaudit.policy.sentences import explain
from plaudit.selling.orders import actions, regions


class RegionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Why prices are those of a region, for whoever is to pay them."""

    outcome: Annotated[Outcome, Meta(description="allow, ask or refuse; of a payment capture, reprice, ask or refuse.")]
    region: Annotated[str, Meta(description="Whose prices hold, or would be right for the payment.")]
    reasons: Annotated[list[Reason], Meta(description="Stable codes, the weightiest first.")]
    text: Annotated[str, Meta(description="The reason in a sentence.")]
    sought_region: Annotated[str | None, Meta(description="The cheaper region whose prices better evidence brings.")]


class EvidenceAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One sign of a country as the decision took it."""

    source: EvidenceSource
    country: str | None
    strength: Annotated[str, Meta(description="none, weak, fair, strong or decisive.")]
    observed_at: datetime
    network_kind: NetworkKind | None
    detail: str


class RegionDecisionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A decision with all it rests on."""

    id: UUID
    person_id: str
    kind: Annotated[str, Meta(description="quote: which prices were shown; payment: whether it was taken.")]
    order_id: UUID | None
    payment_id: str | None
    decided_at: datetime
    outcome: Outcome
    region: str
    quoted_region: str | None
    sought_region: str | None
    basis: Basis
    reasons: list[Reason]
    text: Annotated[str, Meta(description="What the buyer was told.")]
    evidence: list[EvidenceAnswer]
    network: Annotated[str | None, Meta(description="The buyer's network, cut to /24 or /48.")]
    rule_version: int
    book_version: int
    databases: dict[str, DatabaseVersion]


class RegionReasons(msgspec.Struct, frozen=True):
    """The decisions of an order, the quote's first."""

    items: list[RegionAnswer]


class RegionDecisions(msgspec.Struct, frozen=True):
    """The decisions of an order with their evidence, the quote's first."""

    items: list[RegionDecisionAnswer]


def region_answer(decision: RegionDecision) -> RegionAnswer:
    return RegionAnswer(
        outcome=decision.outcome,
        region=decision.region,
        reasons=decision.reasons,
        text=explain(decision),
        sought_region=decision.sought_region,
    )


def decision_answer(decision: RegionDecision) -> RegionDecisionAnswer:
    return RegionDecisionAnswer(
        id=decision.decision_id,
        person_id=str(decision.person_id),
        kind=decision.kind,
        order_id=decision.order_id,
        payment_id=decision.payment_id,
        decided_at=decision.decided_at,
        outcome=decision.outcome,
        region=decision.region,
        quoted_region=decision.quoted_region,
        sought_region=decision.sought_region,
        basis=decision.basis,
        reasons=decision.reasons,
        text=explain(decision),
        evidence=[
            EvidenceAnswer(
                source=sign.source,
                country=sign.country,
                strength=sign.strength.name.lower(),
                observed_at=sign.observed_at,
                network_kind=sign.network_kind,
                detail=sign.detail,
            )
            for sign in decision.evidence
        ],
        network=decision.network,
        rule_version=decision.rule_version,
        book_version=decision.book_version,
        databases=decision.databases,
    )


@get(
    "/orders/{order_id:uuid}/region-decisions",
    access=frozenset({Access.VIEWER, Access.SUPPORT}),
    scope=Scope.MONEY_READ,
    operation_id="ListRegionReasons",
    personal=True,
    tags=["Recharge"],
    summary="Why an order has the price of its region",
)
async def list_reasons(order_id: FromPath[UUID], caller: Caller, database: Database) -> RegionReasons:
    """For its buyer, and for operators."""
    async with database.read() as connection:
        if Role.OPERATOR in caller.roles:
            order = await actions.find_order_of_anybody(connection, order_id)
        else:
            order = await actions.find_order(connection, caller.person_id, order_id)
        found = await regions.decisions_of_order(connection, order)
    return RegionReasons([region_answer(decision) for decision in found])


@get(
    "/operator/orders/{order_id:uuid}/region-decisions",
    access=Access.SUPPORT,
    operation_id="ListRegionDecisions",
    personal=True,
    tags=["Operator"],
    summary="The decisions about regions an order rests on",
)
async def list_decisions(order_id: FromPath[UUID], database: Database) -> RegionDecisions:
    """With evidence, and the versions of rule, prices and databases."""
    async with database.read() as connection:
        found = await regions.decisions_of_order(connection, await actions.find_order_of_anybody(connection, order_id))
    return RegionDecisions([decision_answer(decision) for decision in found])


@get(
    "/operator/region-decisions/{decision_id:uuid}",
    access=Access.SUPPORT,
    operation_id="GetRegionDecision",
    personal=True,
    tags=["Operator"],
    summary="One decision about a region",
)
async def get_decision(decision_id: FromPath[UUID], database: Database) -> RegionDecisionAnswer:
    """With evidence, and the versions of rule, prices and databases."""
    async with database.read() as connection:
        return decision_answer(await decisions.find_decision_anywhere(connection, decision_id))


HANDLERS = [list_reasons, list_decisions, get_decision]
