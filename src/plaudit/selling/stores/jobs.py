"""What is done about app stores now and then: their questions about consumption are answered."""

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.limits import CONSUMPTION_ANSWERS_EVERY_S
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.stores.consumption import ANSWERS, answer_due

QUEUES = (ANSWERS,)


def store_jobs(database: Database, providers: PaymentProviders, clock: Clock) -> list[Job]:
    """The periodic work for app stores."""
    return [Job(ANSWERS.name, CONSUMPTION_ANSWERS_EVERY_S, lambda: answer_due(database, providers, clock))]
