"""What people give each other, summed by day for the rules: a follower of the log of what creators receive."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, timedelta

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.ledger import following
from plaudit.ledger.following import Delivered, Entry
from plaudit.safety.limits import FLOW_DAYS, FLOWS_FORGOTTEN_PER_RUN_MAX, LOOK_AFTER_S, LOOK_COINS_MIN
from plaudit.statements import statements

SQL = statements(__file__)

FOLLOWER = "safety"


def _oldest(clock: Clock) -> date:
    return (clock.now().astimezone(UTC) - timedelta(days=FLOW_DAYS)).date()


async def follow(database: Database, clock: Clock) -> int:
    """Sum what is new, and have the rules look at who gave and who received; answers how many entries there were."""
    oldest = _oldest(clock)

    async def add(connection: Connection, shard: int, entries: Sequence[Entry]) -> None:
        await add_entries(connection, shard, entries, oldest)

    return await following.follow(database, FOLLOWER, add)


async def add_entries(connection: Connection, shard: int, entries: Sequence[Entry], oldest: date) -> None:
    """Add what creators of a shard received since a day, of whoever gave it."""
    sums: defaultdict[tuple[int, int, date], list[int]] = defaultdict(lambda: [0, 0])
    for entry in entries:
        day = entry.at.astimezone(UTC).date()
        for line in entry.earned if isinstance(entry, Delivered) and day >= oldest else ():
            one = sums[line.creator_id, line.viewer_id, day]
            one[0] += 1
            one[1] += line.share_coins
    if not sums:
        return
    keys = sorted(sums)
    columns = [list(column) for column in zip(*keys, strict=True)]
    figures = [list(column) for column in zip(*(sums[key] for key in keys), strict=True)]
    rows = await connection.fetch(SQL["add_to_flows"], shard, *columns, *figures)
    of_interest = [row for row in rows if row["coins"] >= LOOK_COINS_MIN]
    people = sorted({row[name] for row in of_interest for name in ("creator_id", "viewer_id")})
    if people:
        await connection.execute(SQL["look_at"], people, entries[-1].at, LOOK_AFTER_S)


async def forget_old(database: Database, clock: Clock) -> int:
    """Forget sums older than FLOW_DAYS; how many rows that was."""
    async with database.transaction() as connection:
        return int(await connection.fetchval(SQL["forget_flows"], _oldest(clock), FLOWS_FORGOTTEN_PER_RUN_MAX))
