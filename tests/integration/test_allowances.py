"""What one person may do within an hour, and how many wrong keys one address may try."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from plaudit.clock import ManualClock
from plaudit.db import Database
from plaudit.limits import WRONG_KEYS_PER_MINUTE
from plaudit.people.allowances import TooOften, take
from plaudit.people.wrong_keys import WrongKeys
from plaudit.problems import TooBusy
from plaudit.settings import Settings
from tests.support.desk import Desk, open_desk

MOST = 5


async def _try(database: Database, clock: ManualClock, person_id: int, kind: str = "quote") -> bool:
    try:
        async with database.transaction() as connection:
            await take(connection, person_id, kind, MOST, clock)
    except TooOften:
        return False
    return True


async def test_what_comes_at_once_is_counted(desk: Desk, clock: ManualClock) -> None:
    database, ada, bob = desk.house.database, await desk.person_id("ada"), await desk.person_id("bob")
    tried = await asyncio.gather(*(_try(database, clock, ada) for _ in range(4 * MOST)))
    assert Counter(tried) == {True: MOST, False: 3 * MOST}
    assert await _try(database, clock, bob)
    assert await _try(database, clock, ada, "order")
    clock.advance(timedelta(hours=1))
    assert [await _try(database, clock, ada) for _ in range(MOST + 1)] == [True] * MOST + [False]


async def test_what_was_not_done_does_not_count(desk: Desk, clock: ManualClock) -> None:
    database, ada = desk.house.database, await desk.person_id("ada")

    async def give_up() -> None:
        async with database.transaction() as connection:
            await take(connection, ada, "quote", MOST, clock)
            raise LookupError

    for _ in range(2 * MOST):
        with pytest.raises(LookupError):
            await give_up()
    assert await _try(database, clock, ada)


async def test_who_tries_many_keys_is_not_heard_and_others_are(database_url: str, clock: ManualClock) -> None:
    async with open_desk(database_url, clock, Settings(trusted_proxies="127.0.0.0/8")) as desk:
        good = await desk.server_key()
        statuses: Counter[int] = Counter()
        for number in range(WRONG_KEYS_PER_MINUTE + 3):
            wrong = await desk.client({"Authorization": f"Bearer plk_{number}", "X-Forwarded-For": "8.8.8.8"})
            statuses[(await wrong.get("/v1/me")).status_code] += 1
        assert statuses == {401: WRONG_KEYS_PER_MINUTE, 429: 3}
        for address, status in (("8.8.8.8", 429), ("8.8.4.4", 403)):
            client = await desk.client({"Authorization": f"Bearer {good}", "X-Forwarded-For": address})
            assert (await client.get("/v1/me")).status_code == status


def test_wrong_keys_are_forgotten_after_a_minute() -> None:
    wrong = WrongKeys()
    for _ in range(WRONG_KEYS_PER_MINUTE):
        wrong.check("8.8.8.8", 61.0)
        wrong.count("8.8.8.8", 61.0)
        wrong.count(None, 61.0)
    with pytest.raises(TooBusy):
        wrong.check("8.8.8.8", 119.0)
    wrong.check(None, 119.0)
    wrong.check("8.8.8.8", 120.0)
