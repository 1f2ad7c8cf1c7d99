"""What guardians need now and then."""

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.guardians.actions import forget_invitations
from plaudit.jobs import Job
from plaudit.limits import GUARDIANS_FORGET_EVERY_S


def guardian_jobs(database: Database, clock: Clock) -> list[Job]:
    return [Job("guardians.forget", GUARDIANS_FORGET_EVERY_S, lambda: forget_invitations(database, clock))]
