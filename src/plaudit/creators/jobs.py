"""Work of creators nobody waits for: maturity, clawback and automatic conversion."""

import logging
from datetime import timedelta

from plaudit.clock import Clock
from plaudit.creators import actions, clawback
from plaudit.creators.clawback import CLAWBACKS
from plaudit.creators.model import Clawback, DueConversion, DueMaturity
from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.limits import (
    AUTOMATIC_CONVERSION_EVERY_S,
    AUTOMATIC_CONVERSIONS_CLAIMED_MAX,
    AUTOMATIC_CONVERSIONS_PER_RUN_MAX,
    CLAWBACK_EVERY_S,
    CREATOR_WORK_LEASE_S,
    CREATOR_WORK_PAUSE_S_FIRST,
    CREATOR_WORK_PAUSE_S_MAX,
    MATURITY_BATCH_MAX,
    MATURITY_BATCHES_PER_RUN_MAX,
    MATURITY_EVERY_S,
)
from plaudit.queues import Backoff, Queue
from plaudit.settings import Settings
from plaudit.statements import statements

SQL = statements(__file__)
log = logging.getLogger(__name__)

_BACKOFF = Backoff(CREATOR_WORK_PAUSE_S_FIRST, CREATOR_WORK_PAUSE_S_MAX)

MATURITIES = Queue(
    name="creators.mature",
    what="Diamonds become available",
    item=DueMaturity,
    claim=SQL["claim_maturities"],
    postpone=SQL["postpone_maturity"],
    waiting=SQL["waiting_maturities"],
    key=lambda due: (due.creator_id, due.conversion_id),
    lease_s=CREATOR_WORK_LEASE_S,
    backoff=_BACKOFF,
    at_once=1,
    claimed_max=MATURITY_BATCH_MAX,
    per_run_max=MATURITY_BATCH_MAX,
)

CONVERSIONS = Queue(
    name="creators.convert",
    what="Gift balances are converted by themselves",
    item=DueConversion,
    claim=SQL["claim_conversions"],
    postpone=SQL["postpone_conversion"],
    waiting=SQL["waiting_conversions"],
    key=lambda due: (due.creator_id, due.leased_until - timedelta(seconds=CREATOR_WORK_LEASE_S)),
    lease_s=CREATOR_WORK_LEASE_S,
    backoff=_BACKOFF,
    at_once=1,
    claimed_max=AUTOMATIC_CONVERSIONS_CLAIMED_MAX,
    per_run_max=AUTOMATIC_CONVERSIONS_PER_RUN_MAX,
)

QUEUES = (MATURITIES, CLAWBACKS, CONVERSIONS)


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
            await actions.mature_one(connection, clock, due)
        matured += 1

    tried = await MATURITIES.run(database, clock, mature)
    return matured, tried


async def convert_due(database: Database, clock: Clock, *, ask_stops: bool = False) -> int:
    """Convert the gift balance of creators who want that automatically; answers how many conversions were made."""
    converted = 0

    async def convert(due: DueConversion) -> None:
        nonlocal converted
        async with database.transaction() as connection:
            made = await actions.convert_automatically(connection, clock, due, ask_stops=ask_stops)
        converted += made is not None

    async with database.transaction() as connection:
        coins = await actions.convertible_coins(connection, clock)
    await CONVERSIONS.run(database, clock, convert, coins)
    return converted


async def claw_back_due(database: Database, clock: Clock) -> int:
    """Apply clawbacks that can be applied, each in a transaction of its own; answers how many were.

    Those of one creator are applied in their order: when one fails, that creator's later ones wait, nobody else's.
    """
    applied = 0

    async def apply(due: Clawback) -> None:
        nonlocal applied
        async with database.transaction() as connection:
            await clawback.apply(connection, clock, due)
        applied += 1

    await CLAWBACKS.run(database, clock, apply)
    return applied


def creator_jobs(database: Database, clock: Clock, settings: Settings) -> list[Job]:
    """The jobs of creators."""
    return [
        Job(MATURITIES.name, MATURITY_EVERY_S, lambda: mature_due(database, clock)),
        Job(CLAWBACKS.name, CLAWBACK_EVERY_S, lambda: claw_back_due(database, clock)),
        Job(
            CONVERSIONS.name,
            AUTOMATIC_CONVERSION_EVERY_S,
            lambda: convert_due(database, clock, ask_stops=settings.rules_ask_stops),
        ),
    ]
