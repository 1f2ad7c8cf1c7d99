"""What saved cards need now and then."""

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.limits import CARDS_EVERY_S
from plaudit.selling.cards.keeping import CARDS, keep_in_line
from plaudit.selling.providers import PaymentProviders

QUEUES = (CARDS,)


def card_jobs(database: Database, providers: PaymentProviders, clock: Clock) -> list[Job]:
    return [Job(CARDS.name, CARDS_EVERY_S, lambda: keep_in_line(database, providers, clock))]
