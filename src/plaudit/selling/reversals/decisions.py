"""Rules of withdrawal, and what else of what goes back one operator proposes and another confirms."""

from collections.abc import Iterable
from datetime import UTC, datetime, time
from fractions import Fraction
from typing import Any
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.decisions.actions import find
from plaudit.decisions.kinds import DecisionKind, Figure
from plaudit.decisions.model import Decision
from plaudit.languages.formats import format_number
from plaudit.people.access import Access
from plaudit.problems import Conflict
from plaudit.selling.reversals import rules
from plaudit.selling.reversals.minors import MINOR_REFUND
from plaudit.selling.reversals.model import RegionRule
from plaudit.selling.reversals.refunds import REFUND


async def _in_force(connection: Connection, _: Clock, new: RegionRule) -> RegionRule | None:
    """That of the day before."""
    return await rules.written(connection, new.region, datetime.combine(new.valid_from, time(), UTC))


def _figures(rule: RegionRule) -> Iterable[Figure]:
    yield Figure("Region", rule.region)
    yield Figure("For orders paid from", rule.valid_from.isoformat())
    yield Figure("Days to withdraw", format_number(rule.days), Fraction(rule.days))
    yield Figure("Because of", rule.basis)


async def _check(connection: Connection, clock: Clock, new: RegionRule) -> None:
    await rules.check_rule(connection, new, clock)


async def _apply(connection: Connection, clock: Clock, new: RegionRule, _: Decision, __: Any) -> RegionRule:
    await rules.add_rule(connection, new, clock)
    return new


async def _made(connection: Connection, decision_id: UUID) -> RegionRule:
    return msgspec.json.decode((await find(connection, decision_id)).content, type=RegionRule)


WITHDRAWAL_RULE = DecisionKind(
    name="withdrawal_rule",
    title="Rule of withdrawal",
    access=Access.PRICING,
    content=RegionRule,
    before=RegionRule,
    in_force=_in_force,
    figures=_figures,
    check=_check,
    subject=lambda rule: f"{rule.region} {rule.valid_from.isoformat()}",
    apply=_apply,
    made=_made,
    problems=(Conflict,),
)

KINDS = (WITHDRAWAL_RULE, REFUND, MINOR_REFUND)
