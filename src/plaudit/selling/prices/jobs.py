"""What price books need now and then: tax rates of the day of the installed data."""

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.limits import TAX_RATES_EVERY_S
from plaudit.selling.prices.taxes import record_published


async def renew_taxes(database: Database, clock: Clock) -> int:
    """Keep published tax rates that are new; how many. Several workers may do it at once."""
    async with database.transaction() as connection:
        return await record_published(connection, clock.now())


def price_jobs(database: Database, clock: Clock) -> list[Job]:
    """The periodic work of price books."""
    return [Job("selling.taxes", TAX_RATES_EVERY_S, lambda: renew_taxes(database, clock))]
