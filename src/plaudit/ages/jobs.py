"""What ages need now and then: questions that are over are forgotten."""

from plaudit.ages.asking import forget_requests
from plaudit.ages.limits import AGE_REQUESTS_FORGET_EVERY_S
from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.jobs import Job


def age_jobs(database: Database, clock: Clock) -> list[Job]:
    return [Job("ages.forget", AGE_REQUESTS_FORGET_EVERY_S, lambda: forget_requests(database, clock))]
