"""Work of creators nobody waits for: maturity, clawback and automatic conversion."""

import logging

from plaudit.clock import Clock
from plaudit.creators import actions, clawback
from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.limits import (
    AUTOMATIC_CONVERSION_EVERY_S,
    AUTOMATIC_CONVERSIONS_PER_RUN_MAX,
    CLAWBACK_EVERY_S,
    CLAWBACKS_PER_RUN_MAX,
    MATURITY_BATCH_MAX,
    MATURITY_BATCHES_PER_RUN_MAX,
    MATURITY_EVERY_S,
)

log = logging.getLogger(__name__)


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


async def claw_back_due(database: Database, clock: Clock) -> int:
    """Apply clawbacks that can be applied, each in a transaction of its own; answers how many were.

    Those of one creator are applied in their order: when one fails, that creator's later ones wait, nobody else's.
    """
    async with database.read() as connection:
        due = await clawback.next_clawbacks(connection, CLAWBACKS_PER_RUN_MAX)
    applied = 0
    stuck: set[int] = set()
    for entry in due:
        if entry.creator_id in stuck:
            continue
        try:
            async with database.transaction() as connection:
                applied += await clawback.apply(connection, clock, entry)
        except clawback.NeverReceived:
            log.exception("reversal %s of creator %s cannot be clawed back", entry.reversal_id, entry.creator_id)
            stuck.add(entry.creator_id)
    return applied


def creator_jobs(database: Database, clock: Clock) -> list[Job]:
    """The jobs of creators."""
    return [
        Job("creators.mature", MATURITY_EVERY_S, lambda: mature_due(database, clock)),
        Job("creators.claw_back", CLAWBACK_EVERY_S, lambda: claw_back_due(database, clock)),
        Job("creators.convert", AUTOMATIC_CONVERSION_EVERY_S, lambda: convert_due(database, clock)),
    ]
