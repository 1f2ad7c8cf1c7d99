"""What is done about app stores now and then: their questions about consumption are answered, purchases that are held
are looked after, and sales by way of links are reported."""

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.limits import CONSUMPTION_ANSWERS_EVERY_S, HELD_EVERY_S, LINK_REPORTS_EVERY_S, LINK_UNUSED_EVERY_S
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.stores.consumption import ANSWERS, answer_due
from plaudit.selling.stores.held import HELD, look_after_held
from plaudit.selling.stores.linked import LINK_REPORTS, note_unused, report_due
from plaudit.settings import Settings

QUEUES = (ANSWERS, HELD, LINK_REPORTS)


def store_jobs(database: Database, providers: PaymentProviders, settings: Settings, clock: Clock) -> list[Job]:
    """The periodic work for app stores."""
    return [
        Job(ANSWERS.name, CONSUMPTION_ANSWERS_EVERY_S, lambda: answer_due(database, providers, clock)),
        Job(HELD.name, HELD_EVERY_S, lambda: look_after_held(database, providers, settings, clock)),
        Job(LINK_REPORTS.name, LINK_REPORTS_EVERY_S, lambda: report_due(database, providers, settings, clock)),
        Job("selling.links.unused", LINK_UNUSED_EVERY_S, lambda: note_unused(database, providers, clock)),
    ]
