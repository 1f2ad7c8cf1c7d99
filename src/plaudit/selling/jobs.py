"""The periodic work of selling."""

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.selling.cards.jobs import card_jobs
from plaudit.selling.inbox.jobs import inbox_jobs
from plaudit.selling.letters.jobs import letter_jobs
from plaudit.selling.orders.jobs import order_jobs
from plaudit.selling.prices.jobs import price_jobs
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.reconciliation.jobs import reconciliation_jobs
from plaudit.selling.reversals.jobs import reversal_jobs
from plaudit.selling.stores.jobs import store_jobs
from plaudit.settings import Settings


def selling_jobs(database: Database, providers: PaymentProviders, settings: Settings, clock: Clock) -> list[Job]:
    """The jobs of all rooms of the wing."""
    return [
        *price_jobs(database, clock),
        *card_jobs(database, providers, clock),
        *order_jobs(database, providers, settings, clock),
        *reversal_jobs(database, providers, settings, clock),
        *store_jobs(database, providers, settings, clock),
        *letter_jobs(database, settings, clock),
        *inbox_jobs(database, providers, settings, clock),
        *reconciliation_jobs(database, providers, settings, clock),
    ]
