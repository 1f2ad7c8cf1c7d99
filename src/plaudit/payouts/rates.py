"""What a diamond is worth in money, and on what terms it is paid: versioned rates and terms, and their sources."""

from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.decisions.actions import bound
from plaudit.decisions.model import Decision, OutOfBounds
from plaudit.exchange.margin import is_worth_known, require_margin, require_margin_of
from plaudit.exchange.rates import newest, record_shipped
from plaudit.money import exponent
from plaudit.payouts.kinds import MethodKind
from plaudit.payouts.model import NewPayoutRate, NewPayoutTerms, NoPayoutRate, PayoutRate, PayoutTerms
from plaudit.problems import InvalidField
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)

HOUSE_CURRENCY = "USD"
"""The currency the house rate is kept in; reference rates give the others."""

CURRENCIES = ("EUR", "GBP", "JPY", "BRL", "IDR", "CAD", "AUD", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF",
              "RON", "INR", "KRW", "MXN", "PHP", "SGD", "THB", "TRY", "ZAR")  # fmt: skip
"""Currencies that get a rate from reference rates, beside the house currency."""


class ReferenceRates(msgspec.Struct, frozen=True):
    """Units of each currency for one US dollar on a day, exactly as the European Central Bank published them."""

    day: date
    per_dollar: dict[str, Fraction]


async def read_reference_rates(connection: Connection, currencies: tuple[str, ...], now: datetime) -> ReferenceRates:
    """The newest reference rates there are, those that came with Plaudit at least."""
    await record_shipped(connection, now)
    rates = await newest(connection)
    assert rates is not None
    dollars = rates.quote(HOUSE_CURRENCY)
    assert dollars is not None, "the dollar is quoted on every day"
    quoted = {currency: rates.quote(currency) for currency in currencies}
    return ReferenceRates(rates.day, {name: units / dollars for name, units in quoted.items() if units is not None})


async def rate_at(connection: Connection, currency: str, at: datetime) -> PayoutRate:
    """The payout rate of a currency in effect at a moment.

    Raises:
        NoPayoutRate: there is none.
    """
    rate = await fetch_one(connection, SQL["rate_at"], PayoutRate, currency, at)
    if rate is None:
        raise NoPayoutRate(currency=currency)
    return rate


async def rate_of(connection: Connection, version: int) -> PayoutRate:
    """A rate by its version."""
    rate = await fetch_one(connection, SQL["rate"], PayoutRate, version)
    assert rate is not None, "a quote names a rate that is there"
    return rate


async def rates_at(connection: Connection, at: datetime) -> list[PayoutRate]:
    """The rate in effect of each currency, by currency."""
    return await fetch_all(connection, SQL["rates_at"], PayoutRate, at)


async def list_rates(connection: Connection, before_version: int, limit: int) -> list[PayoutRate]:
    """Rates of all currencies, newest first."""
    return await fetch_all(connection, SQL["rates"], PayoutRate, before_version, limit)


async def list_terms(connection: Connection, before_version: int, limit: int) -> list[PayoutTerms]:
    """Terms of all kinds of methods, newest first."""
    return await fetch_all(connection, SQL["all_terms"], PayoutTerms, before_version, limit)


async def check_rate(connection: Connection, clock: Clock, new: NewPayoutRate) -> None:
    """Whether an operator's rate may be.

    Raises:
        InvalidField: not a currency, or one of which nobody says what it is worth.
        OutOfBounds: it is too far from what holds, held lately or will hold.
        SoldBelowPayout: creators could be paid more than coins bring.
    """
    exponent(new.currency)
    now = clock.now()
    if not await is_worth_known(connection, new.currency, now):
        reason = "has no reference rate to hold payouts against prices; the rates of the price book may have one"
        raise InvalidField(field="currency", reason=reason)
    if not await connection.fetchval(SQL["rate_is_within"], new.currency, new.numerator, new.denominator, now):
        name = "payout_rate_change_bps"
        raise OutOfBounds(bound=name, value=await bound(connection, name))
    drafted = {name: getattr(new, name) for name in ("currency", "numerator", "denominator")}
    holds_from = max(now, new.effective_at or now)
    await require_margin_of(connection, now, {"rate": drafted | {"effective_at": holds_from.isoformat()}})


async def record_rate(connection: Connection, clock: Clock, new: NewPayoutRate, decision: Decision) -> PayoutRate:
    """A rate that was decided, in effect from when the decision says; reference rates no longer touch the currency.

    Raises:
        SoldBelowPayout: creators could be paid more than coins bring.
    """
    now = clock.now()
    await connection.execute(SQL["lock_rates"])
    rate = await fetch_one(
        connection,
        SQL["add_rate"],
        PayoutRate,
        *(new.currency, new.numerator, new.denominator, "operator", new.note),
        *(decision.holds_from, now, decision.proposed_by, decision.id),
    )
    assert rate is not None
    await require_margin(connection, now, rate=rate.version)
    return rate


async def decided_rate(connection: Connection, decision_id: UUID) -> PayoutRate:
    """The rate that a confirmed decision made."""
    rate = await fetch_one(connection, SQL["decided_rate"], PayoutRate, decision_id)
    assert rate is not None, "a confirmed decision made one"
    return rate


async def record_reference_rates(connection: Connection, clock: Clock, reference: ReferenceRates) -> list[PayoutRate]:
    """Bring the rates that follow reference rates up to date; answers the new ones. Repeating it changes nothing."""
    now = clock.now()
    await connection.execute(SQL["lock_rates"])
    present = {rate.currency: rate for rate in await rates_at(connection, now)}
    house = present[HOUSE_CURRENCY]
    added = []
    for currency, per_dollar in sorted(reference.per_dollar.items()):
        known = present.get(currency)
        places = exponent(currency) - exponent(HOUSE_CURRENCY)
        worth = house.minor_per_diamond * per_dollar * Fraction(10) ** places
        if known and (known.source != "reference" or known.minor_per_diamond == worth):
            continue
        note = f"rate {house.version} in {HOUSE_CURRENCY} at the ECB's reference rate of {reference.day.isoformat()}"
        rate = await fetch_one(
            connection,
            SQL["add_rate"],
            PayoutRate,
            *(currency, worth.numerator, worth.denominator, "reference", note, now, now, None, None),
        )
        assert rate is not None
        added.append(rate)
    return added


async def terms_at(connection: Connection, method_kind: MethodKind, at: datetime) -> PayoutTerms:
    """Threshold, daily maximum and fee of a kind of method at a moment: its own, else those of bank accounts."""
    terms = await fetch_one(connection, SQL["terms_at"], PayoutTerms, method_kind, at)
    assert terms is not None, "the first terms come with the tables"
    return terms


async def terms_of(connection: Connection, version: int) -> PayoutTerms:
    """Terms by their version."""
    terms = await fetch_one(connection, SQL["terms"], PayoutTerms, version)
    assert terms is not None, "a quote names terms that are there"
    return terms


async def check_terms(connection: Connection, clock: Clock, new: NewPayoutTerms) -> None:
    """Whether terms may be.

    Raises:
        InvalidField: not a currency, or a maximum below the threshold.
        NoPayoutRate: the fixed fee is in a currency without a payout rate.
        OutOfBounds: they are too far from what holds, held lately or will hold.
    """
    exponent(new.fee_fixed_currency)
    now = clock.now()
    if new.diamonds_per_day_max < new.diamonds_min:
        raise InvalidField(field="diamonds_per_day_max", reason="must not be below diamonds_min")
    await rate_at(connection, new.fee_fixed_currency, now)
    figures = (new.method_kind, new.fee_bps, new.diamonds_min, new.diamonds_per_day_max)
    if exceeded := await connection.fetchval(SQL["terms_exceed"], *figures, now):
        raise OutOfBounds(bound=exceeded, value=await bound(connection, exceeded))


async def record_terms(
    connection: Connection, clock: Clock, new: NewPayoutTerms, decision: Decision | None
) -> PayoutTerms:
    """Terms that were decided, in effect from when the decision says; without one they come with the house. Quotes
    given before keep theirs."""
    now = clock.now()
    await connection.execute(SQL["lock_rates"])
    terms = await fetch_one(
        connection,
        SQL["add_terms"],
        PayoutTerms,
        *(new.method_kind, new.fee_fixed_minor, new.fee_fixed_currency, new.fee_bps, new.diamonds_min),
        *(new.diamonds_per_day_max, decision.holds_from if decision else new.effective_at or now, now),
        *(decision and decision.proposed_by, new.note, decision and decision.id),
    )
    assert terms is not None
    return terms


async def decided_terms(connection: Connection, decision_id: UUID) -> PayoutTerms:
    """The terms that a confirmed decision made."""
    terms = await fetch_one(connection, SQL["decided_terms"], PayoutTerms, decision_id)
    assert terms is not None, "a confirmed decision made them"
    return terms
