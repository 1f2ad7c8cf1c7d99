"""The catalogue as it changes: prices that were shown, versions to come, who may send what, folders and pictures."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from plaudit.clock import ManualClock
from plaudit.gifts.catalogue import actions
from plaudit.gifts.catalogue.actions import SkuTaken, load
from plaudit.gifts.catalogue.entry import Entry
from plaudit.gifts.catalogue.folder import STARTER, read_folder, read_offered, write_folder
from plaudit.gifts.catalogue.pictures import keep_art
from plaudit.limits import GIFT_COINS_MAX, PRICE_HONOURED_S
from tests.support.live import ROSE, Platform, open_platform

ENTRIES = read_folder(STARTER)[0]
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 20"><rect width="5" height="5"/></svg>'


@pytest.fixture
async def platform(database_url: str, clock: ManualClock) -> AsyncIterator[Platform]:
    async with open_platform(database_url, clock) as opened:
        yield opened


@pytest.fixture
async def room_id(platform: Platform) -> str:
    return await platform.live_room(await platform.creator("cleo"))


def gift(platform: Platform, room_id: str, **more: Any) -> dict[str, Any]:
    return {"id": str(platform.id()), "room_id": room_id, "item_id": ROSE, "count": 1} | more


async def change(platform: Platform, clock: ManualClock, *entries: Entry, keep_missing: bool = True) -> int:
    async with platform.house.database.transaction() as connection:
        changed = await load(connection, entries, clock, keep_missing=keep_missing)
    await platform.house.catalogue.refresh()
    return changed


def rose(**changed: Any) -> Entry:
    return msgspec.structs.replace(ENTRIES[0], **changed)


async def offered(platform: Platform) -> dict[int, dict[str, Any]]:
    guest = await platform.client()
    return {item["id"]: item for item in (await guest.get("/v1/catalogue")).json()["items"]}


async def said(platform: Platform, room_id: str, **more: Any) -> tuple[int, str | None, int | None]:
    viewer = await platform.viewer("ada", coins=100)
    answer = await viewer.post("/v1/gifts", json=gift(platform, room_id, **more))
    return answer.status_code, answer.json().get("code"), answer.json().get("coins")


async def test_a_price_that_was_shown_is_honoured_a_while_and_then_refused(
    platform: Platform, room_id: str, clock: ManualClock
) -> None:
    viewer = await platform.viewer("ada", coins=100)
    paid = gift(platform, room_id)
    assert (await viewer.post("/v1/gifts", json=paid)).status_code == 201
    clock.advance(timedelta(seconds=1))
    assert await change(platform, clock, rose(coins=4, name="Red rose")) == 1
    assert (await offered(platform))[ROSE]["coins"] == 4
    assert await said(platform, room_id, coins=1) == (201, None, 1)
    assert await said(platform, room_id, coins=4) == (201, None, 4)
    assert await said(platform, room_id) == (201, None, 4)
    assert await said(platform, room_id, count=2, coins=5) == (409, "price_changed", 8)
    clock.advance(timedelta(seconds=PRICE_HONOURED_S))
    assert await said(platform, room_id, coins=1) == (409, "price_changed", 4)
    # What was posted at the old price gets its first answer, though nobody said what it cost.
    again = await viewer.post("/v1/gifts", json=paid)
    assert (again.status_code, again.json()["coins"]) == (200, 1)
    history = (await viewer.get("/v1/wallet/history")).json()["items"]
    shown = sorted((abs(entry["coins"]), entry["item"]["name"]) for entry in history if entry["kind"] == "gift")
    assert shown == [(1, "Rose"), (1, "Rose"), (4, "Red rose"), (4, "Red rose")], "what each was when it was sent"


async def test_a_version_begins_and_ends_when_it_is_meant_to(
    platform: Platform, room_id: str, clock: ManualClock
) -> None:
    begins, ends = clock.now() + timedelta(hours=1), clock.now() + timedelta(hours=2)
    scheduled = rose(coins=2, begins=begins, ends=ends)
    assert await change(platform, clock, scheduled) == 1
    assert await change(platform, clock, scheduled) == 0
    assert await said(platform, room_id) == (201, None, 1)
    clock.advance(begins - clock.now())
    assert (await offered(platform))[ROSE]["coins"] == 2
    assert await said(platform, room_id) == (201, None, 2)
    clock.advance(ends - clock.now())
    assert ROSE not in await offered(platform)
    assert await said(platform, room_id) == (409, "item_retired", None)
    assert await change(platform, clock, rose()) == 1
    assert await said(platform, room_id) == (201, None, 1)


async def test_what_was_scheduled_can_be_changed_and_withdrawn(
    platform: Platform, room_id: str, clock: ManualClock
) -> None:
    begins = clock.now() + timedelta(hours=1)
    for coins in (2, 3):
        assert await change(platform, clock, rose(coins=coins, begins=begins)) == 1
    assert await change(platform, clock, rose()) == 1, "what is offered stays; what was to come is withdrawn"
    clock.advance(begins - clock.now())
    assert await said(platform, room_id) == (201, None, 1)
    async with platform.house.database.read() as connection:
        rows = await connection.fetch(
            "select version, withdrawn_at from item_version where item_id = 1 order by version"
        )
    assert [(row["version"], row["withdrawn_at"] is None) for row in rows] == [(1, True), (2, False), (3, False)]


async def test_an_item_to_come_is_not_there_yet(platform: Platform, room_id: str, clock: ManualClock) -> None:
    begins = clock.now() + timedelta(hours=1)
    assert await change(platform, clock, rose(id=900, sku="tulip", begins=begins)) == 1
    assert 900 not in await offered(platform)
    assert await said(platform, room_id, item_id=900) == (409, "item_retired", None)
    clock.advance(begins - clock.now())
    assert 900 in await offered(platform)
    assert await said(platform, room_id, item_id=900) == (201, None, 1)


async def test_a_retired_item_cannot_be_given(platform: Platform, room_id: str, clock: ManualClock) -> None:
    assert await change(platform, clock, *ENTRIES[1:], keep_missing=False) == 1
    assert await change(platform, clock, *ENTRIES[1:], keep_missing=False) == 0
    assert await said(platform, room_id) == (409, "item_retired", None)
    assert (await offered(platform)).keys() == {entry.id for entry in ENTRIES} - {ROSE}


async def test_a_hidden_item_can_be_sent_by_who_knows_it(platform: Platform, room_id: str, clock: ManualClock) -> None:
    await change(platform, clock, rose(hidden=True))
    assert ROSE not in await offered(platform)
    assert await said(platform, room_id) == (201, None, 1)


async def test_an_item_may_be_kept_for_creators_and_regions(
    platform: Platform, room_id: str, clock: ManualClock
) -> None:
    other = await platform.creator("kim")
    others_id = int((await other.get("/v1/me")).json()["id"])
    other_room = await platform.live_room(other)
    await change(platform, clock, rose(creator_ids=[others_id]))
    assert await said(platform, room_id) == (409, "item_not_here", None)
    assert await said(platform, other_room) == (201, None, 1)
    await change(platform, clock, rose(regions=["DE"]))
    assert await said(platform, room_id) == (409, "item_not_here", None)


async def test_ids_and_skus_stay_together(platform: Platform, clock: ManualClock) -> None:
    for changed in ({"sku": "tulip"}, {"id": 999}):
        with pytest.raises(SkuTaken, match="for ever"):
            await change(platform, clock, rose(**changed))


async def test_the_order_of_the_tray_is_the_operators(platform: Platform, clock: ManualClock) -> None:
    wanted = [entry.id for entry in reversed(ENTRIES)]
    operator = int((await (await platform.creator("tove")).get("/v1/me")).json()["id"])
    async with platform.house.database.transaction() as connection:
        assert await actions.arrange(connection, wanted, clock, by=operator) > 0
    async with platform.house.database.transaction() as connection:
        assert await actions.arrange(connection, wanted, clock, by=operator) == 0
    await platform.house.catalogue.refresh()
    assert list(await offered(platform)) == wanted


async def test_a_folder_comes_back_as_it_went(platform: Platform, clock: ManualClock, tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "art").mkdir(parents=True)
    (own / "art" / "taco.svg").write_text(SVG)
    begins = clock.now() + timedelta(days=1)
    entries = [
        rose(names={"de": "Rose", "pt-BR": "Rosa"}, alt="A red rose", regions=["DE", "AT"], art="art/taco.svg"),
        rose(id=2, sku="applause", name="Applause", begins=begins, ends=begins + timedelta(days=1)),
    ]
    write_folder(own, entries, {})
    read, pictures, findings = read_folder(own)
    assert findings == []
    assert [picture.address for picture in pictures] == [read[0].art]
    async with platform.house.database.transaction() as connection:
        for picture in pictures:
            await keep_art(connection, picture, clock, by=None)
        assert await load(connection, read, clock) == len(ENTRIES)
        assert await load(connection, read, clock) == 0
        exported, files = await read_offered(connection, clock)
    write_folder(tmp_path / "again", exported, files)
    assert exported[0].art == "art/rose.svg"
    again, pictures_again, _ = read_folder(tmp_path / "again")
    assert (again, [one.name for one in pictures_again]) == (read, [one.name for one in pictures])


async def test_a_gift_can_be_too_dear_and_nothing_is_charged(
    platform: Platform, room_id: str, clock: ManualClock
) -> None:
    viewer = await platform.viewer("ada", coins=10)
    await change(platform, clock, rose(coins=GIFT_COINS_MAX // 10 + 1))
    refused = await viewer.post("/v1/gifts", json=gift(platform, room_id, count=10))
    assert (refused.status_code, refused.json()["code"]) == (400, "too_dear")
    assert (refused.json()["coins"], refused.json()["coins_max"]) == (GIFT_COINS_MAX + 10, GIFT_COINS_MAX)
    assert (await viewer.get("/v1/wallet")).json()["coins"] == 10
