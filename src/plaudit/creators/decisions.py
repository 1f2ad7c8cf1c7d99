"""What of rewards, and of what creators owe, one person proposes and another confirms."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.creators import actions, debts
from plaudit.creators.debts import NewWriteOff, NotOwed, WriteOff
from plaudit.creators.model import NewRewardRule, RewardRule
from plaudit.decisions.kinds import DecisionKind, Figure
from plaudit.decisions.model import Decision
from plaudit.exchange.margin import SoldBelowPayout
from plaudit.languages.formats import format_coins, format_diamonds, format_number
from plaudit.people.access import Access


async def _in_force(connection: Connection, clock: Clock, _: NewRewardRule) -> RewardRule:
    return await actions.current_rule(connection, clock)


def _figures(rule: NewRewardRule | RewardRule) -> Iterable[Figure]:
    ratio = Fraction(rule.numerator, rule.denominator)
    yield Figure("Reward", f"{format_diamonds(rule.numerator)} for {format_coins(rule.denominator)}", ratio)
    yield Figure("Held, in seconds", format_number(rule.maturity_s), Fraction(rule.maturity_s))
    yield Figure("Smallest conversion", format_coins(rule.coins_min), Fraction(rule.coins_min))


async def _apply(connection: Connection, clock: Clock, new: NewRewardRule, decision: Decision, _: Any) -> RewardRule:
    return await actions.record_rule(connection, clock, new, decision)


REWARD_RULE = DecisionKind(
    name="reward_rule",
    title="Reward rule",
    access=Access.FINANCE,
    content=NewRewardRule,
    before=RewardRule,
    in_force=_in_force,
    figures=_figures,
    check=actions.check_rule,
    apply=_apply,
    made=actions.decided_rule,
    problems=(SoldBelowPayout,),
)


async def _nothing(_: Connection, __: Clock, ___: NewWriteOff) -> None:
    return None


def _write_off_figures(one: NewWriteOff) -> Iterable[Figure]:
    yield Figure("Diamonds", format_diamonds(one.diamonds), Fraction(one.diamonds))
    yield Figure("Why", one.reason)


async def _debtor(_: Connection, one: NewWriteOff) -> int:
    return int(one.creator_id)


async def _write_off(connection: Connection, clock: Clock, one: NewWriteOff, decision: Decision, _: Any) -> WriteOff:
    return await debts.write_off(connection, clock, one, decision)


DEBT_WRITE_OFF = DecisionKind(
    name="debt_write_off",
    title="Debt of a creator written off",
    access=Access.FINANCE,
    content=NewWriteOff,
    before=NewWriteOff,
    in_force=_nothing,
    figures=_write_off_figures,
    check=debts.check,
    subject=lambda one: one.creator_id,
    beneficiary=_debtor,
    apply=_write_off,
    made=debts.decided,
    in_emergency=False,
    problems=(NotOwed,),
)

KINDS = (REWARD_RULE, DEBT_WRITE_OFF)
