"""What keeps a server well: its clock, periodic work, backups, room on the disk."""

import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from plaudit.connections import Connection
from plaudit.house_clock import HouseClock
from plaudit.ledger import lives
from plaudit.limits import (
    AUDIT_AGE_H_MAX,
    BACKUP_FRESH_HOURS,
    CLOCK_SKEW_S_MAX,
    DISK_FREE_MB_MIN,
    JOB_FAILURES_SHOWN_MIN,
    RESTORE_TRIED_DAYS,
)
from plaudit.readiness.checks.database import SQL
from plaudit.readiness.model import CheckOutcome, Grounds, attention, blocking, not_asked, ok
from plaudit.schema import audit_runs
from plaudit.statements import fetch_one


class BackupFacts(msgspec.Struct, frozen=True):
    """What is known of backups: the archive of the write-ahead log by itself, dumps by whoever takes them."""

    has_archived: bool
    archived_at: datetime | None
    failed_at: datetime | None
    taken_at: datetime | None


async def last_backup(connection: Connection) -> datetime | None:
    """The latest backup that is known of, a dump or a segment of the archive; None: there is none."""
    facts = await fetch_one(connection, SQL["backup_facts"], BackupFacts)
    assert facts is not None
    known = [one for one in (facts.archived_at if facts.has_archived else None, facts.taken_at) if one]
    return max(known, default=None)


async def clock(grounds: Grounds) -> CheckOutcome:
    own = grounds.clock.own if isinstance(grounds.clock, HouseClock) else grounds.clock
    async with grounds.opened.read() as connection:
        before = own.now()
        theirs: datetime = await connection.fetchval(SQL["database_time"])
        after = own.now()
    ahead = before - theirs if before > theirs else theirs - after if theirs > after else timedelta(0)
    if ahead > timedelta(seconds=CLOCK_SKEW_S_MAX):
        return attention(f"this machine and the database differ by {ahead.total_seconds():.0f} s: set both by NTP")
    return ok("this machine and the database agree")


async def jobs(grounds: Grounds) -> CheckOutcome:
    if grounds.jobs is None:
        return not_asked("only a server that runs knows: look at /operator/setup")
    failing = [one for one in grounds.jobs if one.failures_in_a_row >= JOB_FAILURES_SHOWN_MIN]
    if failing:
        worst = max(failing, key=lambda one: one.failures_in_a_row)
        return attention(
            f"{worst.name} failed {worst.failures_in_a_row} times in a row: {worst.error}", page="/operator/stuck"
        )
    ended = [one.ended_at for one in grounds.jobs if one.ended_at]
    if not ended:
        return not_asked("nothing has run yet in the process that answered")
    return ok(f"{len(grounds.jobs)} jobs, the last run ended {max(ended):%Y-%m-%d %H:%M:%S} UTC")


async def backups(grounds: Grounds) -> CheckOutcome:
    async with grounds.opened.read() as connection:
        facts = await fetch_one(connection, SQL["backup_facts"], BackupFacts)
    assert facts is not None
    fresh = grounds.clock.now() - timedelta(hours=BACKUP_FRESH_HOURS)
    archived = facts.archived_at if facts.has_archived else None
    if archived and facts.failed_at and facts.failed_at > archived:
        return attention(f"the archive of the write-ahead log fails since {facts.failed_at:%Y-%m-%d %H:%M} UTC")
    known = [one for one in (archived, facts.taken_at) if one]
    if not known:
        return attention("none is known of: take them, and say so after each", command="plaudit backup taken")
    if max(known) < fresh:
        return attention(f"the last is of {max(known):%Y-%m-%d %H:%M} UTC", command="plaudit backup taken")
    kind = "the write-ahead log is archived" if archived == max(known) else "a dump was taken"
    return ok(f"{kind}, {max(known):%Y-%m-%d %H:%M} UTC")


async def audited(grounds: Grounds) -> CheckOutcome:
    async with grounds.opened.read() as connection:
        latest = await audit_runs.figures(connection)
    if latest is None:
        return ok("none yet: the first runs by itself")
    if latest.broken:
        return attention(f"{latest.broken} laws of the books were broken, {_utc(latest.at)}", page="/operator/audits")
    if latest.at < grounds.clock.now() - timedelta(hours=2 * AUDIT_AGE_H_MAX):
        return attention(f"the last is of {_utc(latest.at)}: one should run each day", command="plaudit audit")
    return ok(f"the books balanced, {_utc(latest.at)}")


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


async def restore_tried(grounds: Grounds) -> CheckOutcome:
    async with grounds.opened.read() as connection:
        at: datetime | None = await connection.fetchval(SQL["last_trial"])
    if at is None:
        return attention("nobody has come back from a backup yet: try it, and say so", command="plaudit backup tried")
    if at < grounds.clock.now() - timedelta(days=RESTORE_TRIED_DAYS):
        return attention(f"the last drill was on {at:%Y-%m-%d}: try it again", command="plaudit backup tried")
    return ok(f"the last drill was on {at:%Y-%m-%d}")


async def life(grounds: Grounds) -> CheckOutcome:
    async with grounds.opened.read() as connection:
        newest = await lives.newest(connection)
    if newest is None or newest.payouts_compared_at:
        return ok("it was not restored" if newest is None or newest.epoch == 1 else f"it is in epoch {newest.epoch}")
    return attention(
        f"its data went back or elsewhere at {newest.began_at:%Y-%m-%d %H:%M} UTC, and payouts wait: compare what was"
        " paid shortly before with the bank and with providers",
        command="plaudit restored payouts-compared",
    )


async def disk(grounds: Grounds) -> CheckOutcome:
    if grounds.settings.database_url:
        return ok("nothing of weight is kept on this machine; look after the disk of the database")
    folder = _there(grounds.settings.data.absolute())
    free_mb = shutil.disk_usage(folder).free // 1_000_000
    if not os.access(folder, os.W_OK):
        return blocking(f"{folder} cannot be written to")
    if free_mb < DISK_FREE_MB_MIN:
        return attention(f"{free_mb} MB are free at {folder}")
    return ok(f"{free_mb // 1_000} GB are free at {folder}")


def _there(folder: Path) -> Path:
    """The folder, or the nearest above it that exists."""
    return next(one for one in (folder, *folder.parents) if one.exists())
