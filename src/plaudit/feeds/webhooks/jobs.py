"""Work of the log and of webhooks nobody waits for: sending, and knowing whether gifts are wanted."""

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.events import log
from plaudit.events.model import ON_REQUEST
from plaudit.feeds.webhooks.sending import Dispatcher
from plaudit.jobs import Job
from plaudit.limits import EVENTS_WANTED_EVERY_S, WEBHOOK_EVERY_S
from plaudit.queues import Watched
from plaudit.statements import statements

SQL = statements(__file__)

SEND_JOB = "webhooks.send"
"""The job to wake when something may be due."""

# Each subject's events in their order and each endpoint at its own pace: its claims are like no other queue's.
QUEUES = (Watched(name=SEND_JOB, what="Platforms are told what happened", waiting=SQL["waiting_deliveries"]),)


async def want_gifts(database: Database, clock: Clock) -> None:
    """Have gifts copied into the log as long as an endpoint wants them."""
    async with database.transaction() as connection:
        if await connection.fetchval(SQL["wants_gifts"], list(ON_REQUEST)):
            await log.want_gifts(connection, clock.now())


def webhook_jobs(database: Database, clock: Clock, dispatcher: Dispatcher) -> list[Job]:
    """The jobs of webhooks."""
    return [
        Job(SEND_JOB, WEBHOOK_EVERY_S, dispatcher.run_once),
        Job("events.wanted", EVENTS_WANTED_EVERY_S, lambda: want_gifts(database, clock)),
    ]
