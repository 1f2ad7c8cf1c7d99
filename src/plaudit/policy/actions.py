"""Decisions as they are kept: written once, read by whoever looks into an order."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from plaudit.connections import Connection
from plaudit.limits import REGION_DECISIONS_PER_ORDER_MAX, REGION_EVIDENCE_DAYS
from plaudit.policy.model import Evidence, EvidenceSource, RegionDecision
from plaudit.problems import NotFound
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)

_CARD_SOURCES = frozenset({EvidenceSource.CARD_ISSUER, EvidenceSource.PAYER_ADDRESS})


async def keep(connection: Connection, decision: RegionDecision) -> RegionDecision:
    """Write a decision down."""
    await connection.execute(SQL["write_decision"], *msgspec.structs.astuple(decision))
    return decision


async def find_decision(connection: Connection, shard: int, decision_id: UUID) -> RegionDecision | None:
    """A decision of somebody whose shard is known."""
    return await fetch_one(connection, SQL["find_decision"], RegionDecision, shard, decision_id)


async def find_decision_anywhere(connection: Connection, decision_id: UUID) -> RegionDecision:
    """A decision, for the operator.

    Raises:
        NotFound: there is none with this id.
    """
    found = await fetch_one(connection, SQL["find_decision_anywhere"], RegionDecision, decision_id)
    if found is None:
        raise NotFound("There is no such decision.", decision_id=decision_id)
    return found


async def decisions_of_order(
    connection: Connection, shard: int, order_id: UUID, quote_decision_id: UUID | None
) -> list[RegionDecision]:
    """The decision of an order's quote, and those of its payments, the oldest first."""
    return await fetch_all(
        connection,
        SQL["decisions_of_order"],
        RegionDecision,
        *(shard, order_id, quote_decision_id, REGION_DECISIONS_PER_ORDER_MAX),
    )


async def decisions_about_payment(
    connection: Connection, shard: int, order_id: UUID, payment_id: str, quote_decision_id: UUID | None
) -> tuple[RegionDecision | None, RegionDecision | None]:
    """The decision of an order's quote, and the latest about a payment."""
    found = await fetch_all(
        connection,
        SQL["decisions_about_payment"],
        RegionDecision,
        *(shard, order_id, payment_id, quote_decision_id),
    )
    by_kind = {one.kind: one for one in found}
    return by_kind.get("quote"), by_kind.get("payment")


async def known_cards(connection: Connection, shard: int, person_id: int, now: datetime) -> list[Evidence]:
    """What somebody's latest payment showed of its card or payer's account, while it counts."""
    since = now - timedelta(days=REGION_EVIDENCE_DAYS)
    last = await fetch_one(connection, SQL["last_payment_decision"], RegionDecision, shard, person_id, since)
    if last is None:
        return []
    signs = [sign for sign in last.evidence if sign.source in _CARD_SOURCES]
    return [Evidence(source=sign.source, country=sign.country, observed_at=sign.observed_at) for sign in signs]
