"""Gifts that several earn from, to another creator than the host, on videos, with words, by a hidden sender: once on
the screen, each coin with one creator, and back the same way."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from msgspec import structs

from plaudit.creators.totals import actions as totals
from plaudit.ids import new_id
from plaudit.ledger.following import follow
from plaudit.ledger.model import GiftOrder, GiftShare
from plaudit.live.open_room import OpenRoom, RoomKey
from plaudit.live.profiles import Profiles
from plaudit.live.reader import Reader
from plaudit.people.model import Role
from plaudit.selling.providers.news import ReversalState
from tests.integration.test_clawback import Stage, open_stage
from tests.support.gift_load import until_delivered
from tests.support.live import ROSE, Screen
from tests.support.returns import Returns

pytestmark = [pytest.mark.sql, pytest.mark.unsold]


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(database_url, tmp_path) as opened:
        yield opened


class Guest:
    """A creator of the other shard than the host's."""

    def __init__(self, person_id: int, client: httpx2.AsyncClient) -> None:
        self.id = person_id
        self.client = client

    @classmethod
    async def of(cls, stage: Stage) -> "Guest":
        shards = stage.shop.desk.house.shards
        for subject in ("dora", "edda", "fay", "gwen"):
            client = await stage.shop.desk.person(subject, Role.VIEWER, Role.CREATOR)
            person_id = await stage.shop.desk.person_id(subject)
            if shards.of(person_id) != shards.of(stage.creator_id):
                return cls(person_id, client)
        raise LookupError("all of them are of one shard")


def _gift(stage: Stage, buyer: Returns, guest: Guest, **changed: Any) -> GiftOrder:
    """Of 600 coins to the guest in the host's room, who earns a third: the last coins."""
    shares = (GiftShare(guest.id, 400), GiftShare(stage.creator_id, 200))
    gift = GiftOrder(
        *(new_id(stage.shop.clock), buyer.person_id, guest.id, int(stage.room_id), ROSE, 600, 600),
        shown_shard=stage.shop.desk.house.shards.of(stage.creator_id),
        shares=shares,
    )
    return structs.replace(gift, **changed)


async def _give(stage: Stage, gift: GiftOrder) -> None:
    """A gift that arrived everywhere."""
    outcome = await stage.shop.desk.house.gift_writer.charge(gift)
    assert outcome.outcome == "posted"
    await until_delivered(stage.shop.desk.house.database.url)


async def _stands(creator: httpx2.AsyncClient) -> tuple[int, int]:
    """What a creator received, and what of it was taken back."""
    balance = (await creator.get("/v1/creators/me/balance")).json()
    return balance["received_coins"], balance["taken_back_coins"]


async def _totals(stage: Stage, creator: httpx2.AsyncClient, by: str) -> list[tuple[str, int, int, int]]:
    house = stage.shop.desk.house
    await follow(house.database, totals.FOLLOWER, totals.add_entries)
    items = (await creator.get("/v1/creators/me/totals", params={"by": by})).json()["items"]
    return [(one[f"{by}_id"], one["gifts"], one["coins_received"], one["coins_taken_back"]) for one in items]


async def _until_room_has(screen: Screen, coins: int) -> list[int]:
    """Who is at the top when the room shows so many coins."""
    state = await screen.next(lambda said: said["type"] == "state" and said["coins"] == coins)
    return [int(one["person"]["id"]) for one in state["top_gifters"]]


async def test_a_divided_gift_is_shown_once_and_goes_back_part_by_part(stage: Stage) -> None:
    ada, guest, screen = await Returns.of(stage.shop, "ada"), await Guest.of(stage), await stage.screen()
    order = await ada.buy(600)
    gift = _gift(stage, ada, guest, message="For both of you")
    await _give(stage, gift)
    assert await _until_room_has(screen, 600) == [ada.person_id]
    (shown,) = [one for frame in screen.frames if frame["kind"] == "gift" for one in frame["gifts"]]
    assert (shown["creator_id"], shown["coins"], shown["message"]) == (str(guest.id), 600, "For both of you")
    assert await _stands(stage.creator) == (200, 0)
    assert await _stands(guest.client) == (400, 0)
    assert await _totals(stage, stage.creator, "room") == [(stage.room_id, 1, 200, 0)]
    assert await _totals(stage, guest.client, "room") == [(stage.room_id, 1, 400, 0)]
    (entry,) = [one for one in (await ada.buyer.get("/v1/wallet/history")).json()["items"] if one["kind"] == "gift"]
    assert (entry["coins"], entry["creator"]["id"], entry["room"]["id"]) == (600, str(guest.id), stage.room_id)

    # The bank takes it back: from each what they earned, and from the room all of it.
    await stage.dispute(ada, order, ReversalState.OPENED)
    assert await _until_room_has(screen, 0) == []
    assert await stage.tally_read_anew() == (0, [])
    assert await _stands(stage.creator) == (200, 200)
    assert await _stands(guest.client) == (400, 400)
    assert await _totals(stage, guest.client, "room") == [(stage.room_id, 1, 400, 400)]
    (taken,) = (await guest.client.get("/v1/creators/me/clawbacks")).json()["items"]
    gifts = (await guest.client.get(f"/v1/creators/me/clawbacks/{taken['reversal_id']}/gifts")).json()["items"]
    assert [(one["gift_id"], one["coins"], one["room_id"]) for one in gifts] == [(str(gift.id), 400, stage.room_id)]
    assert "400 coins of gifts" in (await guest.client.get(f"/studio/taken-back/{taken['reversal_id']}")).text

    await stage.dispute(ada, order, ReversalState.UNDONE)
    assert await _until_room_has(screen, 600) == [ada.person_id]
    assert await stage.tally_read_anew() == (600, [(ada.person_id, 600)])
    assert (await _stands(stage.creator), await _stands(guest.client)) == ((200, 0), (400, 0))


async def test_the_last_coins_go_back_first(stage: Stage) -> None:
    """The buyer kept some unspent: what is missing are the last coins of the gift, the host's."""
    ada, guest = await Returns.of(stage.shop, "ada"), await Guest.of(stage)
    first = await ada.buy(350)
    stage.shop.clock.advance(timedelta(seconds=1))
    second = await ada.buy(350)
    await _give(stage, _gift(stage, ada, guest))
    await stage.dispute(ada, second, ReversalState.OPENED)  # 100 unspent, then the last 250 of the gift
    assert (await _stands(stage.creator), await _stands(guest.client)) == ((200, 200), (400, 50))
    await stage.dispute(ada, first, ReversalState.OPENED)
    assert (await _stands(stage.creator), await _stands(guest.client)) == ((200, 200), (400, 400))


async def test_a_gift_in_another_creators_room_is_in_its_frames(stage: Stage) -> None:
    """All of it is the guest's, whose balance lies in another shard than the room."""
    ada, guest, screen = await Returns.of(stage.shop, "ada"), await Guest.of(stage), await stage.screen()
    await ada.buy(600)
    gift = _gift(stage, ada, guest, shares=())
    await _give(stage, gift)
    await screen.see([str(gift.id)])
    assert (await _stands(stage.creator), await _stands(guest.client)) == ((0, 0), (600, 0))
    assert await _totals(stage, stage.creator, "room") == []


async def test_a_gift_on_a_video_has_frames_totals_and_a_history(stage: Stage) -> None:
    ada, guest = await Returns.of(stage.shop, "ada"), await Guest.of(stage)
    order = await ada.buy(600)
    video_id = int(stage.room_id) + 1_000
    where = {"room_id": None, "video_id": video_id, "position_ms": 61_500}
    gift = _gift(stage, ada, guest, shown_shard=None, shares=(), **where)
    await _give(stage, gift)
    house = stage.shop.desk.house
    reader = Reader(house.database, house.database, house.shards, Profiles(house.database))
    await reader.start()
    video = OpenRoom(RoomKey(house.shards.of(guest.id), video_id))
    await reader.open(video)
    assert (video.tally.coins, video.tally.top()) == (600, [(ada.person_id, 600)])
    (frame,) = video.recent(0) or []
    assert b'"position_ms":61500' in frame[1]
    assert await _totals(stage, guest.client, "video") == [(str(video_id), 1, 600, 0)]
    (entry,) = [one for one in (await ada.buyer.get("/v1/wallet/history")).json()["items"] if one["kind"] == "gift"]
    assert (entry["room"], entry["video_id"]) == (None, str(video_id))
    assert "on a video" in (await ada.buyer.get(f"/receipts/{order['id']}")).text
    answer = (await ada.buyer.get(f"/v1/gifts/{gift.id}")).json()
    assert (answer["room_id"], answer["video_id"], answer["position_ms"]) == (None, str(video_id), 61_500)
    await stage.dispute(ada, order, ReversalState.OPENED)
    await reader.open(video)
    assert (video.tally.coins, video.tally.top()) == (0, [])
    assert await _totals(stage, guest.client, "video") == [(str(video_id), 1, 600, 600)]


async def test_who_hides_is_not_told(stage: Stage) -> None:
    ada, bob = await Returns.of(stage.shop, "ada"), await Returns.of(stage.shop, "bob")
    guest, screen = await Guest.of(stage), await stage.screen()
    order = await ada.buy(600)
    await bob.buy(600)
    hidden = _gift(stage, ada, guest, anonymous=True)
    await _give(stage, hidden)
    await _give(stage, _gift(stage, bob, guest))
    assert await _until_room_has(screen, 1_200) == [bob.person_id]
    assert await stage.tally_read_anew() == (1_200, [(bob.person_id, 600)])
    shown = [one for frame in screen.frames if frame["kind"] == "gift" for one in frame["gifts"]]
    assert [(one["sender"]["id"], one.get("anonymous")) for one in shown] == [("0", True), (str(bob.person_id), None)]
    await stage.dispute(ada, order, ReversalState.OPENED)
    assert await _until_room_has(screen, 600) == [bob.person_id]
    assert await stage.tally_read_anew() == (600, [(bob.person_id, 600)])
