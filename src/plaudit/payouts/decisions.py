"""What of payouts one person proposes and another confirms."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.decisions.kinds import DecisionKind, Figure
from plaudit.decisions.model import Decision
from plaudit.exchange.margin import SoldBelowPayout
from plaudit.languages.formats import format_money, format_number, format_share, format_unit_price
from plaudit.money import Money
from plaudit.payouts import rates
from plaudit.payouts.approvals import PAYOUT
from plaudit.payouts.model import NewPayoutRate, NewPayoutTerms, NoPayoutRate, PayoutRate, PayoutTerms
from plaudit.payouts.screenings import SCREENING
from plaudit.people.access import Access


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
    access=Access.FINANCE,
    content=NewPayoutRate,
    before=PayoutRate,
    in_force=_rate_in_force,
    figures=_rate_figures,
    check=rates.check_rate,
    apply=_apply_rate,
    made=rates.decided_rate,
    needs_before=True,
    problems=(SoldBelowPayout,),
)


async def _terms_in_force(connection: Connection, clock: Clock, new: NewPayoutTerms) -> PayoutTerms:
    return await rates.terms_at(connection, new.method_kind, clock.now())


def _terms_figures(terms: NewPayoutTerms | PayoutTerms) -> Iterable[Figure]:
    fee = Money(terms.fee_fixed_minor, terms.fee_fixed_currency)
    yield Figure("Smallest payout, in diamonds", format_number(terms.diamonds_min), Fraction(terms.diamonds_min))
    most = terms.diamonds_per_day_max
    yield Figure("Most in a day, in diamonds", format_number(most), Fraction(most))
    yield Figure("Fixed fee", format_money(fee), Fraction(fee.amount_minor))
    yield Figure("Share of the amount", format_share(terms.fee_bps), Fraction(terms.fee_bps))


async def _apply_terms(
    connection: Connection, clock: Clock, new: NewPayoutTerms, decision: Decision, _: Any
) -> PayoutTerms:
    return await rates.record_terms(connection, clock, new, decision)


PAYOUT_TERMS = DecisionKind(
    name="payout_terms",
    title="Payout terms",
    access=Access.FINANCE,
    content=NewPayoutTerms,
    before=PayoutTerms,
    in_force=_terms_in_force,
    figures=_terms_figures,
    check=rates.check_terms,
    apply=_apply_terms,
    made=rates.decided_terms,
    problems=(NoPayoutRate,),
)

KINDS = (PAYOUT_RATE, PAYOUT_TERMS, PAYOUT, SCREENING)
