"""What the inbox does now and then: messages that wait are applied, stores that push too little are asked."""

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.inbox.actions import MESSAGES
from plaudit.inbox.model import Side
from plaudit.jobs import Job
from plaudit.limits import STORE_VOIDS_EVERY_S, WEBHOOK_JOB_EVERY_S
from plaudit.selling.inbox.actions import apply_due
from plaudit.selling.inbox.voids import VOIDS, poll_voids
from plaudit.selling.providers import PaymentProviders
from plaudit.settings import Settings

_MESSAGES = MESSAGES[Side.PAYMENTS]
QUEUES = (_MESSAGES, VOIDS)


def inbox_jobs(database: Database, providers: PaymentProviders, settings: Settings, clock: Clock) -> list[Job]:
    return [
        Job(_MESSAGES.name, WEBHOOK_JOB_EVERY_S, lambda: apply_due(database, providers, settings, clock)),
        Job(VOIDS.name, STORE_VOIDS_EVERY_S, lambda: poll_voids(database, providers, settings, clock)),
    ]
