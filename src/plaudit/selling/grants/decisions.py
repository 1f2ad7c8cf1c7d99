"""Grants that one operator does not give alone: another confirms."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any
from uuid import UUID

from plaudit.brakes.model import SelfExcluded
from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.decisions.actions import are_linked, lock
from plaudit.decisions.asking import House, Proposal, ask
from plaudit.decisions.kinds import DecisionKind, Figure
from plaudit.decisions.model import Decision
from plaudit.languages.formats import format_coins, format_instant
from plaudit.people.access import Access
from plaudit.problems import NotFound
from plaudit.selling.grants import actions
from plaudit.selling.grants.model import Grant, GrantLimitReached, GrantToOneself, NewGrant


async def give_or_ask(
    connection: Connection, clock: Clock, house: House, wanted: NewGrant, operator_id: int
) -> Grant | Decision:
    """The grant, where one operator may give it; else the decision that waits for another. By its id, which is both's.

    Raises:
        Problem: as `actions.give`, `propose` and `confirm` say.
    """
    await lock(connection, clock)
    await actions.lock_grants(connection)
    if await are_linked(connection, operator_id, int(wanted.person_id)):
        raise GrantToOneself
    is_known = await actions.find(connection, wanted.id) is not None
    if is_known or not await actions.needs_two(connection, clock, wanted.coins, operator_id):
        return await actions.give(connection, clock, wanted, operator_id)
    asked: Grant | Decision = await ask(
        connection, clock, house, GRANT, Proposal(wanted.id, wanted, wanted.reason, operator_id)
    )
    return asked


async def _in_force(_: Connection, __: Clock, ___: NewGrant) -> None:
    return None


def _figures(one: NewGrant) -> Iterable[Figure]:
    yield Figure("Coins", format_coins(one.coins), Fraction(one.coins))
    yield Figure("Until", format_instant(one.expires_at) if one.expires_at else "without end")


async def _beneficiary(_: Connection, one: NewGrant) -> int:
    return int(one.person_id)


async def _apply(connection: Connection, clock: Clock, one: NewGrant, decision: Decision, _: Any) -> Grant:
    return await actions.give(connection, clock, one, decision.proposed_by, decision.id)


async def _made(connection: Connection, decision_id: UUID) -> Grant:
    grant = await actions.find(connection, decision_id)
    assert grant is not None, "a confirmed decision gave it"
    return grant


GRANT = DecisionKind(
    name="grant",
    title="Coins given away",
    access=Access.SUPPORT,
    content=NewGrant,
    before=NewGrant,
    in_force=_in_force,
    figures=_figures,
    check=actions.check,
    beneficiary=_beneficiary,
    apply=_apply,
    made=_made,
    problems=(NotFound, GrantLimitReached, SelfExcluded),
)

KINDS = (GRANT,)
