"""What of payouts one person proposes and another confirms."""

from collections.abc import Iterable
from typing import Any

from plaudit.clock import Clock
from plaudit.db import Connection
from plaudit.decisions.kinds import DecisionKind, Figure
from plaudit.decisions.model import Decision
from plaudit.languages.formats import format_unit_price
from plaudit.payouts import rates
from plaudit.payouts.model import NewPayoutRate, NoPayoutRate, PayoutRate


async def _rate_in_force(connection: Connection, clock: Clock, new: NewPayoutRate) -> PayoutRate | None:
    try:
        return await rates.rate_at(connection, new.currency, clock.now())
    except NoPayoutRate:
        return None


def _rate_figures(rate: NewPayoutRate | PayoutRate) -> Iterable[Figure]:
    yield Figure("Currency", rate.currency)
    yield Figure("A diamond", format_unit_price(rate.minor_per_diamond, rate.currency), rate.minor_per_diamond)


async def _apply_rate(
    connection: Connection, clock: Clock, new: NewPayoutRate, decision: Decision, _: Any
) -> PayoutRate:
    return await rates.record_rate(connection, clock, new, decision)


PAYOUT_RATE = DecisionKind(
    name="payout_rate",
    title="Payout rate",
    content=NewPayoutRate,
    before=PayoutRate,
    in_force=_rate_in_force,
    figures=_rate_figures,
    check=rates.check_rate,
    apply=_apply_rate,
    made=rates.decided_rate,
    needs_before=True,
)

KINDS = (PAYOUT_RATE,)
