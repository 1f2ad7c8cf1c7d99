"""What mails need now and then: being sent."""

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.mail.limits import MAIL_EVERY_S
from plaudit.mail.outbox import MAILS
from plaudit.mail.sending import send_due
from plaudit.selling.letters.composing import composer
from plaudit.settings import Settings


def letter_jobs(database: Database, settings: Settings, clock: Clock) -> list[Job]:
    return [
        Job(MAILS.name, MAIL_EVERY_S, lambda: send_due(database, settings, clock, composer(database, settings, clock)))
    ]
