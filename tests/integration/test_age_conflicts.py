"""Words about one person's age that differ: which of them the database believes, and what a store's guardian says."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from plaudit.clock import ManualClock
from plaudit.ids import new_id
from plaudit.rules import ages, consents
from plaudit.rules.ages import NewAssurance
from plaudit.rules.facts import facts_of_one
from plaudit.rules.model import AgeFact, StoreConsent
from tests.support.desk import Desk, open_desk

NOW = datetime(2026, 12, 15, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with open_desk(database_url, ManualClock(NOW)) as opened:
        yield opened


async def say(
    desk: Desk, person_id: int, level: str, at_least: int, under: int | None, method: str, age_s: int
) -> None:
    """What a source found out some seconds ago."""
    new = NewAssurance(id=new_id(desk.house.clock), at_least=at_least, under=under, level=level, method=method,
        source=method, proved_at=NOW - age_s * SECOND)  # fmt: skip
    async with desk.house.database.transaction() as connection:
        await ages.keep(connection, desk.house.clock, person_id, new)


async def believed(desk: Desk, person_id: int) -> AgeFact | None:
    async with desk.house.database.read() as connection:
        return (await facts_of_one(connection, person_id, NOW)).age


async def test_the_surer_word_counts_and_of_equal_ones_the_stricter_whatever_came_last(desk: Desk) -> None:
    words = [("checked", 18, None, "face"), ("checked", 13, 16, "store"), ("claimed", 40, None, "form"),
        ("checked", 16, None, "school")]  # fmt: skip
    person_id = 0
    for number, order in enumerate(permutations(words)):
        person_id = await desk.person_id(f"person-{number}")
        for age_s, (level, at_least, under, method) in enumerate(order):
            await say(desk, person_id, level, at_least, under, method, 100 - age_s)
        found = await believed(desk, person_id)
        assert found is not None
        assert (found.method, found.at_least, found.under) == ("store", 13, 16)
    await say(desk, person_id, "verified", 18, None, "document", 100)
    assert (found := await believed(desk, person_id)) is not None
    assert found.method == "document", "a stronger word wins, although it is older"


async def test_a_newer_word_of_one_source_takes_the_place_of_its_older_one(desk: Desk) -> None:
    person_id = await desk.person_id("vera")
    await say(desk, person_id, "checked", 18, None, "store", 10)
    await say(desk, person_id, "checked", 13, 16, "store", 20)  # arrives late
    assert (found := await believed(desk, person_id)) is not None
    assert found.at_least == 18
    await say(desk, person_id, "checked", 16, 18, "store", 5)
    assert (found := await believed(desk, person_id)) is not None
    assert (found.at_least, found.under) == (16, 18)


async def test_a_birthday_of_the_platform_and_a_claim_are_as_sure_as_each_other(desk: Desk) -> None:
    young = await desk.person("kim", birthdate="2012-01-01", country="DE")
    person_id = int((await young.get("/v1/me")).json()["id"])
    await say(desk, person_id, "claimed", 18, None, "form", 1)
    assert (found := await believed(desk, person_id)) is not None
    assert (found.at_least, found.under, found.method) == (14, 15, "platform")
    await say(desk, person_id, "checked", 18, None, "face", 1)
    assert (found := await believed(desk, person_id)) is not None
    assert found.method == "face"


WORDS = (("given", 1), ("withdrawn", 2), ("given", 3), ("withdrawn", 2))


@pytest.mark.parametrize(
    ("last", "says"), [(1, StoreConsent.GIVEN), (2, StoreConsent.WITHHELD), (3, StoreConsent.GIVEN)]
)
async def test_what_a_guardian_took_back_holds_in_any_order_until_the_account_speaks_anew(
    desk: Desk, last: int, says: StoreConsent
) -> None:
    told = [one for one in WORDS if one[1] <= last]
    for number, order in enumerate(permutations(told)):
        person_id, account = await desk.person_id(f"person-{number}"), f"install-{number}"
        async with desk.house.database.transaction() as connection:
            for state, second in order:
                at = NOW + second * SECOND
                if state == "withdrawn":
                    await consents.withdraw_by_store(connection, "google", account, at)
                else:
                    await consents.say_by_store(connection, "google", account, person_id, state, at)
            assert (await facts_of_one(connection, person_id, NOW)).store_consent is says


async def test_the_newest_word_of_each_store_counts_and_one_that_withholds_is_enough(desk: Desk) -> None:
    person_id = await desk.person_id("kim")
    steps = (
        ("google", "phone", "free", 1, None),
        ("google", "phone", "pending", 2, StoreConsent.WITHHELD),
        ("google", "tablet", "given", 3, StoreConsent.GIVEN),  # the phone has not asked again
        ("apple", "watch", "denied", 1, StoreConsent.WITHHELD),
        ("apple", "watch", "given", 2, StoreConsent.GIVEN),
    )
    async with desk.house.database.transaction() as connection:
        for store, account, state, second, says in steps:
            await consents.say_by_store(connection, store, account, person_id, state, NOW + second * SECOND)
            assert (await facts_of_one(connection, person_id, NOW)).store_consent == says
        assert await consents.withdraw_by_store(connection, "google", "phone", NOW + 2 * SECOND) == [person_id]
        assert (await facts_of_one(connection, person_id, NOW)).store_consent is StoreConsent.WITHHELD


async def test_who_does_not_answer_is_told_of_for_a_day_or_until_they_do(desk: Desk) -> None:
    person_id = await desk.person_id("vera")
    async with desk.house.database.transaction() as connection:
        await ages.note_silence(connection, person_id, "google", NOW)
        assert (await facts_of_one(connection, person_id, NOW)).silent_source == "google"
        assert (await facts_of_one(connection, person_id, NOW + timedelta(days=1))).silent_source is None
        await ages.end_silence(connection, person_id, "google")
        assert (await facts_of_one(connection, person_id, NOW)).silent_source is None
