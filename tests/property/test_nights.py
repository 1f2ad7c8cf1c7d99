"""Days, weeks, months and nights by the clocks of people, also where clocks are changed, asked of SQL."""

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.connections import OwnConnection, connect
from tests.support.databases import owner_of

pytestmark = pytest.mark.sql

MINUTE = timedelta(minutes=1)
CHANGES = {
    "Europe/Berlin": (datetime(2027, 3, 28, 1, tzinfo=UTC), datetime(2027, 10, 31, 1, tzinfo=UTC)),
    "America/New_York": (datetime(2027, 3, 14, 7, tzinfo=UTC), datetime(2027, 11, 7, 6, tzinfo=UTC)),
    "America/Havana": (datetime(2027, 3, 14, 5, tzinfo=UTC), datetime(2027, 11, 7, 5, tzinfo=UTC)),
    "America/Santiago": (datetime(2027, 9, 5, 4, tzinfo=UTC), datetime(2027, 4, 4, 3, tzinfo=UTC)),
    "Australia/Lord_Howe": (datetime(2027, 10, 2, 15, 30, tzinfo=UTC), datetime(2027, 4, 3, 15, tzinfo=UTC)),
    "Asia/Kolkata": (datetime(2027, 2, 28, 18, 30, tzinfo=UTC),),
    "UTC": (datetime(2027, 12, 31, 0, tzinfo=UTC),),
}
"""When clocks are changed in a year, forward and back; at midnight in some places, by half an hour in one."""
NEAR = 70  # minutes: no change is greater than an hour

HELD = """
select brake_on(turned_brake(b, m), m, 1, 0, null) as word
from jsonb_populate_record(null::brake, $1) b, unnest($2::timestamptz[]) m order by m"""
PERIODS = """
select m, period_began($1, m, $2) as began, period_ends($1, m, $2) as ends
from unnest($3::timestamptz[]) m order by m"""


@contextmanager
def asking(url: str) -> Iterator[tuple[asyncio.Runner, OwnConnection]]:
    with asyncio.Runner() as runner:
        connection = runner.run(connect(owner_of(url)))
        try:
            yield runner, connection
        finally:
            runner.run(connection.close())


def is_night(moment: datetime, zone: str, since: time, until: time) -> bool:
    """What clocks on the wall say: the night goes from the first moment at which they show that it began, to the last
    at which they do not yet show that it ended."""
    at = ZoneInfo(zone)
    shown = [(moment + n * MINUTE).astimezone(at).replace(tzinfo=None) for n in range(-NEAR, NEAR + 1)]
    today: date = shown[NEAR].date()
    for first in (today - timedelta(days=1), today):
        begins, ends = datetime.combine(first, since), datetime.combine(first + timedelta(days=until <= since), until)
        if max(shown[: NEAR + 1]) >= begins and min(shown[NEAR:]) < ends:
            return True
    return False


@st.composite
def nights(draw: st.DrawFn) -> tuple[str, datetime, time, time]:
    """A place, a moment near a change of its clocks, and a night that begins or ends near it."""
    zone = draw(st.sampled_from(sorted(CHANGES)))
    moment = draw(st.sampled_from(CHANGES[zone])) + draw(st.integers(-30 * 60, 30 * 60)) * MINUTE
    here = draw(st.sampled_from(CHANGES[zone])).astimezone(ZoneInfo(zone))
    near = (here + draw(st.integers(-90, 90)) * MINUTE).time()
    far = time(draw(st.integers(0, 23)), draw(st.sampled_from([0, 15, 30, 59])))
    since, until = draw(st.permutations([near, far]))
    if since == until:
        until = time((until.hour + 8) % 24, until.minute)
    return zone, moment, since, until


def brake(zone: str, since: time, until: time) -> dict[str, object]:
    return {
        "time_zone": zone,
        "night_from_minute": since.hour * 60 + since.minute,
        "night_to_minute": until.hour * 60 + until.minute,
        "night_asks": False,
        "given": 0,
    }


def test_every_minute_of_a_night_is_held_and_no_other(database_url: str) -> None:
    with asking(database_url) as (runner, connection):

        @settings(max_examples=150)
        @given(nights())
        def hold(case: tuple[str, datetime, time, time]) -> None:
            zone, moment, since, until = case
            moments = [moment + n * MINUTE for n in range(-4, 5)]
            rows = runner.run(connection.fetch(HELD, brake(zone, since, until), moments))
            for at, row in zip(moments, rows, strict=True):
                held = row["word"]["stopped_by"] == "night"
                assert held == is_night(at, zone, since, until), at
                if held:
                    assert is_night(row["word"]["ends_at"] - MINUTE, zone, since, until)

        hold()


@pytest.mark.parametrize("period", ["day", "week", "month"])
def test_each_moment_lies_in_one_day_week_and_month(period: str, database_url: str) -> None:
    """They follow each other without a gap, and begin when the date of that place says another day."""
    with asking(database_url) as (runner, connection):
        for zone, changes in CHANGES.items():
            for change in changes:
                moments = [change + n * timedelta(minutes=10) for n in range(-200, 200)]
                rows = runner.run(connection.fetch(PERIODS, period, zone, moments))
                for row, after in itertools.pairwise(rows):
                    assert row["began"] <= row["m"] < row["ends"]
                    assert after["began"] == (row["began"] if after["m"] < row["ends"] else row["ends"])
                    here, begun = (row[name].astimezone(ZoneInfo(zone)) for name in ("m", "began"))
                    if period == "day":
                        assert (here - MINUTE * 120).date() <= begun.date() <= here.date()
