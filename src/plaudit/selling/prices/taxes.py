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
from plaudit.db import Connection, fetch_all, fetch_one, statements
from plaudit.ids import require_uuid7
from plaudit.languages.formats import zone_of
from plaudit.pages import Number, Places
from plaudit.problems import IdempotencyConflict, InvalidField
from plaudit.selling.prices.model import NewTaxRate

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
    """Bring the table to the day of the installed data; how many rates are new. Decisions of operators stand above."""
    await connection.execute(SQL["lock_published_taxes"])
    known = {rate.country: rate for rate in await fetch_all(connection, SQL["newest_published_tax"], TaxRate)}
    day = published_day()
    written = 0
    for country, data in eu_vat_rates_data.get_all_rates().items():
        rate_bps, name = int(Decimal(str(data["standard"])) * 100), data["vat_abbr"]
        before = known.get(country)
        if country in _NO_COUNTRY or (before and ((before.rate_bps, before.name) == (rate_bps, name))):
            continue
        if before and before.valid_from >= day:  # another server has newer data
            continue
        source = f"{_DATA} of {day}"
        await connection.execute(SQL["write_tax"], country, name, rate_bps, day, None, source, False, now, None, None)
        written += 1
    return written


async def override_tax(connection: Connection, new: NewTaxRate, operator_id: int | None, clock: Clock) -> TaxRate:
    """What an operator decides a country's rate to be, from a day on. The same id with the same body is one decision.

    Raises:
        InvalidField: days that have passed, or none at all between the two.
        IdempotencyConflict: the id came with another decision.
    """
    require_uuid7(new.id, "id", clock)
    if known := await fetch_one(connection, SQL["tax_of_request"], TaxRate, new.id):
        return _same(known, new)
    if new.valid_from < day_in(new.country, clock.now()):
        raise InvalidField(field="valid_from", reason="must not be in the past: what was sold keeps its tax")
    if new.valid_until is not None and new.valid_until <= new.valid_from:
        raise InvalidField(
            field="valid_until", reason="must be after valid_from; it is the first day without this rate"
        )
    written = await fetch_one(
        connection,
        SQL["write_tax"],
        TaxRate,
        *(new.country, new.name, new.rate_bps, new.valid_from, new.valid_until, new.reason),
        *(True, clock.now(), operator_id, new.id),
    )
    return written or await _found(connection, new)


async def _found(connection: Connection, new: NewTaxRate) -> TaxRate:
    known = await fetch_one(connection, SQL["tax_of_request"], TaxRate, new.id)
    assert known is not None  # the row that was in the way is committed
    return _same(known, new)


def _same(known: TaxRate, new: NewTaxRate) -> TaxRate:
    present = (known.country, known.name, known.rate_bps, known.valid_from, known.valid_until, known.source)
    if present != (new.country, new.name, new.rate_bps, new.valid_from, new.valid_until, new.reason):
        raise IdempotencyConflict
    return known
