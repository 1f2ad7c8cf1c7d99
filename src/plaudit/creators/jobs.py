"""Work of creators nobody waits for: maturity, clawback and automatic conversion."""

import logging

from plaudit.clock import Clock
from plaudit.creators import actions, clawback
from plaudit.creators.model import Clawback, DueConversion, DueMaturity
from plaudit.db import Database
from plaudit.jobs import Job, handle_each
from plaudit.limits import (
    AUTOMATIC_CONVERSION_EVERY_S,
    AUTOMATIC_CONVERSIONS_PER_RUN_MAX,
    CLAWBACK_EVERY_S,
    CLAWBACKS_CLAIMED_MAX,
    CLAWBACKS_PER_RUN_MAX,
    MATURITY_BATCH_MAX,
    MATURITY_BATCHES_PER_RUN_MAX,
    MATURITY_EVERY_S,
)

MATURITY_JOB = "creators.mature"
CLAWBACK_JOB = "creators.claw_back"
CONVERSION_JOB = "creators.convert"

log = logging.getLogger(__name__)


async def mature_due(database: Database, clock: Clock) -> int:
    """Make matured diamonds available, a batch a transaction; answers how many conversions matured.

    Stopped anywhere, it goes on where it stopped; several processes share the work. A batch that cannot be matured
    is taken apart: what it failed at is postponed.
    """
    matured = 0
    for _ in range(MATURITY_BATCHES_PER_RUN_MAX):
        try:
            async with database.transaction() as connection:
                done = tried = await actions.mature(connection, clock, MATURITY_BATCH_MAX)
        except Exception:  # whichever conversion it is about, the others do not wait for it
            log.exception("conversions could not be matured together; each is tried alone")
            done, tried = await _mature_each(database, clock)
        matured += done
        if tried < MATURITY_BATCH_MAX:
            break
    return matured


async def _mature_each(database: Database, clock: Clock) -> tuple[int, int]:
    """Mature the conversions of a batch one by one: how many were, of how many."""
    matured = 0

    async def mature(due: DueMaturity) -> None:
        nonlocal matured
        async with database.transaction() as connection:
            done = await actions.mature_one(connection, clock, due)
        matured += done

    async def postpone(due: DueMaturity, error: str) -> None:
        async with database.transaction() as connection:
            await actions.postpone_maturity(connection, clock, due, error)

    async with database.read() as connection:
        due = await actions.due_maturities(connection, clock, MATURITY_BATCH_MAX)
    await handle_each(
        due,
        mature,
        postpone,
        name=lambda due: f"maturity of conversion {due.conversion_id} of creator {due.creator_id}",
        at_once=1,
    )
    return matured, len(due)


async def convert_due(database: Database, clock: Clock) -> int:
    """Convert the gift balance of creators who want that automatically; answers how many conversions were made."""
    converted = 0

    async def convert(due: DueConversion) -> None:
        nonlocal converted
        async with database.transaction() as connection:
            made = await actions.convert_automatically(connection, clock, due)
        converted += made is not None

    async def postpone(due: DueConversion, error: str) -> None:
        async with database.transaction() as connection:
            await actions.postpone_conversion(connection, clock, due, error)

    async with database.transaction() as connection:
        due = await actions.due_automatic(connection, clock, AUTOMATIC_CONVERSIONS_PER_RUN_MAX)
    await handle_each(
        due,
        convert,
        postpone,
        name=lambda due: f"automatic conversion of creator {due.creator_id}",
        at_once=1,
    )
    return converted


async def claw_back_due(database: Database, clock: Clock) -> int:
    """Apply clawbacks that can be applied, each in a transaction of its own; answers how many were.

    Those of one creator are applied in their order: when one fails, that creator's later ones wait, nobody else's.
    """
    applied = tried = 0

    async def apply(due: Clawback) -> None:
        nonlocal applied
        async with database.transaction() as connection:
            done = await clawback.apply(connection, clock, due)
        applied += done

    async def postpone(due: Clawback, error: str) -> None:
        async with database.transaction() as connection:
            await clawback.postpone(connection, clock, due, error)

    while tried < CLAWBACKS_PER_RUN_MAX:
        async with database.transaction() as connection:
            due = await clawback.claim(connection, clock, min(CLAWBACKS_CLAIMED_MAX, CLAWBACKS_PER_RUN_MAX - tried))
        if not due:
            break
        await handle_each(
            due,
            apply,
            postpone,
            name=lambda due: f"clawback ({due.direction}) of reversal {due.reversal_id} from creator {due.creator_id}",
            at_once=1,
        )
        tried += len(due)
    return applied


def creator_jobs(database: Database, clock: Clock) -> list[Job]:
    """The jobs of creators."""
    return [
        Job(MATURITY_JOB, MATURITY_EVERY_S, lambda: mature_due(database, clock)),
        Job(CLAWBACK_JOB, CLAWBACK_EVERY_S, lambda: claw_back_due(database, clock)),
        Job(CONVERSION_JOB, AUTOMATIC_CONVERSION_EVERY_S, lambda: convert_due(database, clock)),
    ]
