"""Work of safety: gifts are summed, people looked at, old sums forgotten."""

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.safety import following
from plaudit.safety.limits import FOLLOW_EVERY_S, LOOK_EVERY_S, SAFETY_FORGET_EVERY_S
from plaudit.safety.looking import LOOKS, look_at_due


def safety_jobs(database: Database, clock: Clock) -> list[Job]:
    """The jobs of safety."""
    return [
        Job(following.FOLLOWER, FOLLOW_EVERY_S, lambda: following.follow(database, clock)),
        Job(LOOKS.name, LOOK_EVERY_S, lambda: look_at_due(database, clock)),
        Job("safety.forget", SAFETY_FORGET_EVERY_S, lambda: following.forget_old(database, clock)),
    ]
