"""Work of creators nobody waits for: maturity and automatic conversion."""

from plaudit.clock import Clock
from plaudit.creators import actions
from plaudit.db import Database
from plaudit.limits import (
    AUTOMATIC_CONVERSIONS_PER_RUN_MAX,
    MATURITY_BATCH_MAX,
    MATURITY_BATCHES_PER_RUN_MAX,
)


async def mature_due(database: Database, clock: Clock) -> int:
    """Make matured diamonds available, a batch a transaction; answers how many conversions matured.

    Stopped anywhere, it goes on where it stopped; several processes share the work.
    """
    matured = 0
    for _ in range(MATURITY_BATCHES_PER_RUN_MAX):
        async with database.transaction() as connection:
            batch = await actions.mature(connection, clock, MATURITY_BATCH_MAX)
        matured += batch
        if batch < MATURITY_BATCH_MAX:
            break
    return matured


async def convert_due(database: Database, clock: Clock) -> int:
    """Convert the gift balance of creators who want that automatically; answers how many conversions were made."""
    converted = creator_id = 0
    for _ in range(AUTOMATIC_CONVERSIONS_PER_RUN_MAX):
        async with database.transaction() as connection:
            following = await actions.next_automatic(connection, clock, creator_id)
            if following is None:
                break
            creator_id = following
            made = await actions.convert_automatically(connection, clock, creator_id)
        converted += made is not None
    return converted
