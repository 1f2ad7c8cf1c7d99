"""Fetching the rates of the day from where an operator allows it, as periodic work."""

from datetime import UTC

import httpx2

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.exchange.ecb import read_rates, require_steady
from plaudit.exchange.rates import rates_around, record, record_shipped
from plaudit.jobs import Job
from plaudit.limits import EXCHANGE_EVERY_S, EXCHANGE_RATES_BYTES_MAX, EXCHANGE_TIMEOUT_S
from plaudit.outgoing import fetch_document, tls_context
from plaudit.settings import Settings


async def renew_rates(database: Database, clock: Clock, settings: Settings) -> int:
    """Keep rates of days that have none: those that came with Plaudit, and those at the address of the settings, if
    there is one; how many. What is refused changes nothing, and is told as the failure of this job.

    Raises:
        RatesRefused: what is there may not be used.
        httpx2.HTTPError, TimeoutError, ValueError: nothing is there, or too much.
    """
    async with database.transaction() as connection:
        written = await record_shipped(connection, clock.now())
    address = settings.exchange_rates_url
    if not address:
        return written
    async with httpx2.AsyncClient(verify=tls_context()) as client:
        body = await fetch_document(
            client, address, bytes_max=EXCHANGE_RATES_BYTES_MAX, timeout_s=EXCHANGE_TIMEOUT_S, accept="application/xml"
        )
    fetched, now = read_rates(body), clock.now()
    async with database.transaction() as connection:
        known = await rates_around(connection, fetched[0].day, fetched[-1].day)
        days = require_steady(fetched, known, now.astimezone(UTC).date(), settings.exchange_jump_percent)
        return written + await record(connection, days, address, now)


def exchange_jobs(database: Database, clock: Clock, settings: Settings) -> list[Job]:
    """The periodic work of reference rates."""
    return [Job("exchange.rates", EXCHANGE_EVERY_S, lambda: renew_rates(database, clock, settings))]
