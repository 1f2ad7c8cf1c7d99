"""Tax rates by the days they hold: those published for Europe, and what an operator decides instead.

Days are those of the country. One that has several clocks is taken by UTC.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import eu_vat_rates_data
import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.decisions.actions import bound
from plaudit.decisions.model import Decision, OutOfBounds
from plaudit.languages.formats import zone_of
from plaudit.pages import Number, Places
from plaudit.problems import IdempotencyConflict, InvalidField
from plaudit.selling.prices.model import NewTaxRate
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)

RATES: Places[int | None] = Places(Number, None)
"""The places of tax rates by their ids, the newest decision first."""
_DATA = "eu-vat-rates-data"
_NO_COUNTRY = frozenset({"XI"})  # Northern Ireland has rules of its own and no country code; its people are of GB


class TaxRate(msgspec.Struct, frozen=True, kw_only=True):
    """A rate of one country, for the days there from `valid_from` until before `valid_until`."""

    tax_rate_id: int
    country: str
    name: str
    rate_bps: int
    valid_from: date
    valid_until: date | None
    source: str
    is_override: bool
    recorded_at: datetime
    recorded_by: int | None
    request_id: UUID | None

    def holds_on(self, day: date) -> bool:
        """Whether a day is one of its days."""
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


class PublishedTax(msgspec.Struct, frozen=True):
    """A rate of the data that came with Plaudit, and of which day."""

    country: str
    name: str
    rate_bps: int
    published_on: date


class WaitingTax(msgspec.Struct, frozen=True, kw_only=True):
    """A rate that a release published and that holds once operators decide it; `held_bps`: what holds until then, none
    where the price book's does."""

    country: str
    name: str
    rate_bps: int
    published_on: date
    source: str
    recorded_at: datetime
    held_bps: int | None


def day_in(country: str, at: datetime) -> date:
    """The day it is in a country at a moment: its rates change at its own midnight."""
    return at.astimezone(ZoneInfo(zone_of(country, at))).date()


async def taxes_at(connection: Connection, at: datetime) -> dict[str, TaxRate]:
    """The rate of each country on the day it is there at a moment; a country that is not there is unknown."""
    found: dict[str, TaxRate] = {}
    for rate in await fetch_all(connection, SQL["taxes_around"], TaxRate, at.astimezone(UTC).date()):
        if rate.country not in found and rate.holds_on(day_in(rate.country, at)):
            found[rate.country] = rate
    return found


async def tax_rates(connection: Connection, country: str | None, before: int | None, limit: int) -> list[TaxRate]:
    """All rates ever recorded, the newest first."""
    return await fetch_all(connection, SQL["tax_rates"], TaxRate, country, before, limit)


def published_day() -> date:
    """The day of the tax rates that came with Plaudit."""
    return date.fromisoformat(eu_vat_rates_data.data_version)


async def record_published(connection: Connection, now: datetime) -> int:
    """Bring what is known to the day of the installed data; how many rates are new. The first data holds, as what a
    house begins with; a rate that is another than before waits until operators decide it."""
    await connection.execute(SQL["lock_published_taxes"])
    known = {
        rate.country: PublishedTax(rate.country, rate.name, rate.rate_bps, rate.valid_from)
        for rate in await fetch_all(connection, SQL["newest_published_tax"], TaxRate)
    }
    begins = not known
    known |= {rate.country: rate for rate in await fetch_all(connection, SQL["published_taxes"], PublishedTax)}
    day = published_day()
    written = 0
    for country, data in eu_vat_rates_data.get_all_rates().items():
        rate_bps, name = int(Decimal(str(data["standard"])) * 100), data["vat_abbr"]
        before = known.get(country)
        if country in _NO_COUNTRY or (before and ((before.rate_bps, before.name) == (rate_bps, name))):
            continue
        if before and before.published_on >= day:  # another server has newer data
            continue
        source = f"{_DATA} of {day}"
        if begins or (before and before.rate_bps == rate_bps):
            await connection.execute(
                SQL["write_tax"], country, name, rate_bps, day, None, source, False, now, *(None,) * 3
            )
        else:
            await connection.execute(SQL["keep_published_tax"], country, name, rate_bps, day, source, now)
        written += 1
    return written


async def waiting_taxes(connection: Connection, now: datetime) -> list[WaitingTax]:
    """What releases published and nobody has decided."""
    return await fetch_all(connection, SQL["waiting_taxes"], WaitingTax, now.astimezone(UTC).date())


async def rate_on(connection: Connection, country: str, day: date) -> TaxRate | None:
    """The rate that holds in a country on a day; None: that of the price book."""
    return await fetch_one(connection, SQL["tax_on"], TaxRate, country, day)


async def known_rate(connection: Connection, new: NewTaxRate) -> TaxRate | None:
    """What an id made before.

    Raises:
        IdempotencyConflict: it came with another decision.
    """
    known = await fetch_one(connection, SQL["tax_of_request"], TaxRate, new.id)
    if known is None:
        return None
    present = (known.country, known.name, known.rate_bps, known.valid_from, known.valid_until, known.source)
    if present != (new.country, new.name, new.rate_bps, new.valid_from, new.valid_until, new.reason):
        raise IdempotencyConflict
    return known


async def check_rate(connection: Connection, clock: Clock, new: NewTaxRate) -> None:
    """Whether an operator's rate may be.

    Raises:
        InvalidField: days that have passed, or none at all between the two.
        OutOfBounds: it is too far from what holds, held lately or will hold.
    """
    require_days(new.country, new.valid_from, new.valid_until, clock)
    await require_within(connection, clock, new.country, None, 100 * new.rate_bps, new.valid_from)


def require_days(country: str, valid_from: date, valid_until: date | None, clock: Clock) -> None:
    """Raises:
    InvalidField: days that have passed there, or none at all between the two.
    """
    if valid_from < day_in(country, clock.now()):
        raise InvalidField(field="valid_from", reason="must not be in the past: what was sold keeps its tax")
    if valid_until is not None and valid_until <= valid_from:
        raise InvalidField(
            field="valid_until", reason="must be after valid_from; it is the first day without this rate"
        )


async def require_within(
    connection: Connection, clock: Clock, country: str, subdivision: str | None, rate_ppm: int, valid_from: date
) -> None:
    """Raises:
    OutOfBounds: a rate of a country, or of a part of it, is too far from those around it.
    """
    name = "tax_rate_change_bps"
    if not await connection.fetchval(SQL["tax_is_within"], country, subdivision, rate_ppm, valid_from, clock.now()):
        raise OutOfBounds(bound=name, value=await bound(connection, name))


async def record_decided(connection: Connection, clock: Clock, new: NewTaxRate, decision: Decision | None) -> TaxRate:
    """What was decided a country's rate to be; without a decision it comes with the house."""
    written = await fetch_one(
        connection,
        SQL["write_tax"],
        TaxRate,
        *(new.country, new.name, new.rate_bps, new.valid_from, new.valid_until, new.reason),
        *(True, clock.now(), decision and decision.proposed_by, new.id, decision and decision.id),
    )
    assert written is not None, "its decision has its id"
    return written


async def decided_rate(connection: Connection, decision_id: UUID) -> TaxRate:
    """The rate that a confirmed decision made."""
    rate = await fetch_one(connection, SQL["tax_of_decision"], TaxRate, decision_id)
    assert rate is not None, "a confirmed decision made one"
    return rate
