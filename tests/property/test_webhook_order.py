"""Whatever an endpoint answers, and whichever process sends: each subject's events come first in their order, and what
was taken once is not sent again."""

import asyncio
from collections import deque
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.clock import ManualClock
from plaudit.db import Database
from plaudit.feeds.webhooks.sending import Dispatcher
from plaudit.limits import INBOX_PAUSE_S_MAX
from tests.peers.host import Mood, open_host
from tests.support.databases import Copies
from tests.support.hooks import SETTINGS, Hooks

ROUNDS_MAX = 200
STEPS = st.lists(
    st.one_of(
        st.lists(st.integers(1, 4), min_size=1, max_size=6),  # rooms of which something happens
        st.sampled_from(["one", "two"]),  # a process that sends
        st.sampled_from([timedelta(seconds=7), timedelta(minutes=3)]),
    ),
    min_size=3,
    max_size=14,
)
MOODS = st.lists(st.sampled_from([Mood.WELL, Mood.WELL, Mood.FAILING, Mood.CUTTING]), max_size=12)


async def _play(url: str, steps: list[list[int] | str | timedelta], moods: list[Mood]) -> None:
    clock = ManualClock(datetime.now(UTC))
    async with Database(url) as database, open_host() as host:
        host.moods = deque(moods)
        processes = {name: Dispatcher(database, clock, SETTINGS, Random(1)) for name in ("one", "two")}
        hooks = Hooks(database, clock, processes["one"])
        await hooks.add(host)
        expected: dict[str, list[int]] = {}
        happened = 0
        for step in steps:
            if isinstance(step, timedelta):
                clock.advance(step)
            elif isinstance(step, str):
                await processes[step].run_once()
            else:
                await hooks.happen(step)
                for room in step:
                    happened += 1
                    expected.setdefault(f"room:{room}", []).append(happened)
        for _ in range(ROUNDS_MAX):
            await asyncio.gather(*(one.idle() for one in processes.values()))
            if not await hooks.run() and not (await hooks.find_only()).waiting:
                break
            clock.advance(timedelta(seconds=INBOX_PAUSE_S_MAX))
        for one in processes.values():
            await one.close()
        heard: dict[str, list[int]] = {}
        for message in host.received:
            sequence, heard_of = message.message["sequence"], heard.setdefault(message.message["subject"], [])
            assert sequence not in heard_of[:-1], "told again after the next"
            if sequence not in heard_of:
                heard_of.append(sequence)
        assert heard == expected


@pytest.mark.audit_off
@settings(max_examples=8)
@given(steps=STEPS, moods=MOODS)
def test_each_subject_in_its_order(copies: Copies, steps: list[list[int] | str | timedelta], moods: list[Mood]) -> None:
    url = copies.take()
    try:
        asyncio.run(_play(url, steps, moods))
    finally:
        copies.give_back(url)
