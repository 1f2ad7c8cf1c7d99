"""Reference rates: what comes with Plaudit, what is fetched, and what is refused and told."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import httpx2
import pytest

from plaudit.clock import ManualClock
from plaudit.connections import OwnConnection
from plaudit.db import Database
from plaudit.exchange.ecb import RatesRefused
from plaudit.exchange.jobs import renew_rates
from plaudit.exchange.rates import newest, newest_day, rates_for, shipped_until
from plaudit.limits import EXCHANGE_RATES_BYTES_MAX
from plaudit.payouts.jobs import update_reference_rates
from plaudit.payouts.rates import rate_at
from plaudit.readiness.checks.selling import rates
from plaudit.readiness.model import Grounds, State
from plaudit.settings import Settings
from tests.support.reference_rates import QUOTED, RatesServer, document, rates_server
from tests.support.waiting import WAIT_S


@pytest.fixture
async def server() -> AsyncIterator[RatesServer]:
    async with rates_server() as opened:
        yield opened


@pytest.fixture
def clock() -> ManualClock:
    """The day after the last rates that came with Plaudit."""
    day = shipped_until() + timedelta(days=1)
    return ManualClock(datetime.fromisoformat(f"{day}T16:30:00+00:00"))


async def known(database: Database) -> dict[str, Decimal]:
    async with database.read() as connection:
        found = await newest(connection)
    assert found is not None
    return dict(found.per_euro)


async def test_without_an_address_there_is_what_came_with_plaudit(database: Database, clock: ManualClock) -> None:
    assert await renew_rates(database, clock, Settings()) > 1_000
    assert await renew_rates(database, clock, Settings()) == 0
    async with database.read() as connection:
        found = await newest(connection)
        assert found is not None
        assert found.day == shipped_until()
        friday = found.day - timedelta(days=(found.day.weekday() - 4) % 7)
        of_saturday = await rates_for(connection, friday + timedelta(days=1))
        assert of_saturday is not None
        assert of_saturday.day in {friday + timedelta(days=3), found.day}, "the next that were published"


async def test_rates_are_fetched_and_used(database: Database, clock: ManualClock, server: RatesServer) -> None:
    settings = Settings(exchange_rates_url=server.url)
    await renew_rates(database, clock, Settings())
    before, today = await known(database), clock.now().date()
    moved = {currency: str(rate * Decimal("1.01")) for currency, rate in before.items()}
    server.body = document({today: moved})
    assert await renew_rates(database, clock, settings) == len(moved)
    assert await renew_rates(database, clock, settings) == 0, "the same again"
    assert await known(database) == {currency: Decimal(rate) for currency, rate in moved.items()}
    assert server.asked == ["application/xml"] * 2
    await update_reference_rates(database, clock)
    async with database.read() as connection:
        euros = await rate_at(connection, "EUR", clock.now())
        source = await connection.fetchval("select source from exchange_rate where day = $1 limit 1", today)
    assert (str(today) in euros.source_note, source) == (True, server.url)
    assert euros.minor_per_diamond == Fraction(1, 2) / Fraction(moved["USD"])


async def test_days_without_rates_are_filled_later(
    database: Database, clock: ManualClock, server: RatesServer, owner_connection: OwnConnection
) -> None:
    settings = Settings(exchange_rates_url=server.url)
    await renew_rates(database, clock, Settings())
    days = [row["day"] for row in await owner_connection.fetch("select distinct day from exchange_rate order by day")]
    before = {currency: str(rate) for currency, rate in (await known(database)).items()}
    await owner_connection.execute("delete from exchange_rate where day = any ($1)", [days[-2], days[-20]])
    assert await renew_rates(database, clock, Settings()) > len(before), "a release has the days"
    await owner_connection.execute("delete from exchange_rate where day = any ($1)", days[:-1])
    early = days[0] - timedelta(days=3)
    server.body = document({early: before, clock.now().date(): before})
    assert await renew_rates(database, clock, settings) > 2 * len(before)
    async with database.read() as connection:
        found = await rates_for(connection, early)
        assert found is not None
        assert (found.day, await newest_day(connection)) == (early, clock.now().date())


async def test_what_is_refused_changes_nothing_and_is_told(
    database: Database, clock: ManualClock, server: RatesServer
) -> None:
    settings = Settings(exchange_rates_url=server.url)
    await renew_rates(database, clock, Settings())
    before, today = await known(database), clock.now().date()
    steady = {currency: str(rate) for currency, rate in before.items()}
    for body, why in (
        (b"<html>Maintenance", "no XML"),
        (document({today + timedelta(days=2): steady}), "not come"),
        (document({today: steady | {"JPY": str(before["JPY"] * 100)}}), "JPY went from"),
        (document({today: steady | {"SEK": str(before["SEK"] / 2)}}), "SEK went from"),
        (document({today: QUOTED | {"GBP": ""}}), "no rate"),
    ):
        server.body = body
        with pytest.raises(RatesRefused, match=why):
            await renew_rates(database, clock, settings)
    server.body = b" " * (EXCHANGE_RATES_BYTES_MAX + 1)
    with pytest.raises(ValueError, match="more than"):
        await renew_rates(database, clock, settings)
    server.body, server.status = document({today: steady}), 503
    with pytest.raises(httpx2.HTTPError):
        await renew_rates(database, clock, settings)
    assert await known(database) == before
    server.status, server.body = 200, document({today: steady | {"SEK": str(before["SEK"] / 2)}})
    await renew_rates(database, clock, replace(settings, exchange_jump_percent=101))
    assert (await known(database))["SEK"] == before["SEK"] / 2, "an operator may let it through"


async def test_the_age_of_rates_is_shown_and_alarmed(database: Database, clock: ManualClock) -> None:
    async with httpx2.AsyncClient(timeout=WAIT_S) as client:
        grounds = Grounds(settings=Settings(), clock=clock, client=client, database=database)
        assert (await rates(grounds)).state is State.ATTENTION, "there are none"
        await renew_rates(database, clock, Settings())
        fresh = await rates(grounds)
        assert (fresh.state, str(shipped_until()) in fresh.why) == (State.OK, True)
        clock.advance(timedelta(days=Settings().exchange_days_max))
        old = await rates(grounds)
        assert (old.state, "days old" in old.why) == (State.ATTENTION, True)
        patient = Grounds(settings=Settings(exchange_days_max=400), clock=clock, client=client, database=database)
        assert (await rates(patient)).state is State.OK
