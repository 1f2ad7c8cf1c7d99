"""What reversals need now and then: telling providers what they did not answer to."""

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.limits import REVERSAL_SEND_EVERY_S
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.reversals.sending import SENDS, send_due
from plaudit.settings import Settings

QUEUES = (SENDS,)


def reversal_jobs(database: Database, providers: PaymentProviders, settings: Settings, clock: Clock) -> list[Job]:
    """The periodic work of reversals."""
    return [
        Job(SENDS.name, REVERSAL_SEND_EVERY_S, lambda: send_due(database, providers, settings, clock)),
    ]
