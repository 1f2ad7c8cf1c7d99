"""Work of the log and of webhooks nobody waits for: sending, and forgetting what is old."""

from datetime import timedelta

from plaudit.clock import Clock
from plaudit.db import Database, statements
from plaudit.events import log
from plaudit.events.model import ON_REQUEST
from plaudit.feeds.webhooks.sending import Dispatcher
from plaudit.jobs import Job
from plaudit.limits import (
    EVENTS_FORGET_EVERY_S,
    WEBHOOK_EVERY_S,
    WEBHOOK_TRIES_FORGOTTEN_PER_RUN_MAX,
    WEBHOOK_TRY_DAYS,
)
from plaudit.queues import Watched

SQL = statements(__file__)

SEND_JOB = "webhooks.send"
"""The job to wake when something may be due."""

# Each subject's events in their order and each endpoint at its own pace: its claims are like no other queue's.
QUEUES = (Watched(name=SEND_JOB, what="Platforms are told what happened", waiting=SQL["waiting_deliveries"]),)


async def forget(database: Database, clock: Clock) -> int:
    """Forget events and tries that are too old; answers up to which position. Endpoints that waited are told so."""
    now = clock.now()
    async with database.transaction() as connection:
        if await connection.fetchval(SQL["wants_gifts"], list(ON_REQUEST)):
            await log.want_gifts(connection, now)
        through = await log.forgettable(connection, now)
        await connection.execute(SQL["note_lost"], through)
        await log.forget(connection, through)
        oldest = now - timedelta(days=WEBHOOK_TRY_DAYS)
        await connection.execute(SQL["forget_tries"], oldest, WEBHOOK_TRIES_FORGOTTEN_PER_RUN_MAX)
    return through


def webhook_jobs(database: Database, clock: Clock, dispatcher: Dispatcher) -> list[Job]:
    """The jobs of webhooks."""
    return [
        Job(SEND_JOB, WEBHOOK_EVERY_S, dispatcher.run_once),
        Job("events.forget", EVENTS_FORGET_EVERY_S, lambda: forget(database, clock)),
    ]
