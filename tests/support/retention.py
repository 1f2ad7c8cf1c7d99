"""Letting go of what is old, as the job does."""

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.personal_data import retaining
from plaudit.retention import retentions


async def let_go(database: Database, clock: Clock, name: str) -> int:
    """Of one kind, after the days that are usual; how many rows went."""
    kind = retentions()[name]
    return await retaining.let_go_of(database, clock, kind, kind.days)
