"""What is done about app stores now and then: they are answered, told what was given, and asked what they took back."""

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.limits import CONSUMPTION_ANSWERS_EVERY_S, FINISH_EVERY_S, STORE_VOIDS_EVERY_S
from plaudit.recharge.providers import PaymentProviders
from plaudit.recharge.stores.consumption import answer_due
from plaudit.recharge.stores.finishing import finish_due
from plaudit.recharge.stores.voids import poll_voids
from plaudit.settings import Settings


def store_jobs(database: Database, providers: PaymentProviders, settings: Settings, clock: Clock) -> list[Job]:
    """The periodic work for app stores."""
    return [
        Job("stores.consumption", CONSUMPTION_ANSWERS_EVERY_S, lambda: answer_due(database, providers, clock)),
        Job("stores.finishing", FINISH_EVERY_S, lambda: finish_due(database, providers, clock)),
        Job("stores.voids", STORE_VOIDS_EVERY_S, lambda: poll_voids(database, providers, settings, clock)),
    ]
