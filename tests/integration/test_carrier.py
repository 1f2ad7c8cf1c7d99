"""What processes tell each other of what moved, over the one connection that each has for it."""

import asyncio
from uuid import UUID

import pytest

from plaudit.connections import Connection, connect
from plaudit.live import carrier as carrier_module
from plaudit.live.carrier import ROOMS, Carrier
from tests.support.waiting import eventually


async def test_what_is_announced_while_the_connection_is_checked_arrives(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrier_module, "DATABASE_LISTENER_CHECK_S", 0)
    heard: list[int] = []
    made: list[Connection] = []
    ready = asyncio.Event()

    async def connect_counted() -> Connection:
        made.append(await connect(database_url))
        return made[-1]

    def moved(rooms: list[int] | None) -> None:
        heard.extend(rooms or [])
        ready.set()

    ours = Carrier(connect_counted, UUID(int=1), lambda _: ready.set(), lambda _: None, lambda _: None)
    theirs = Carrier(connect_counted, UUID(int=2), moved, lambda _: None, lambda _: None)
    for one in (ours, theirs):
        ready.clear()
        await one.start()
        await ready.wait()
    numbers = list(range(200))
    for number in numbers[:100]:
        await ours.announce(ROOMS, [number])
    await asyncio.gather(*(ours.announce(ROOMS, [number]) for number in numbers[100:]))
    await eventually(lambda: len(heard) >= len(numbers), "what was announced was heard")
    assert (sorted(heard), len(made)) == (numbers, 2)
    for one in (ours, theirs):
        await one.stop()
