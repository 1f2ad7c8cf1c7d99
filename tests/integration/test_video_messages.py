"""Words of gifts on videos that are taken away: gone for everybody at once; the gift stays, and it is known by whom."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from msgspec import structs

from plaudit.clock import Clock
from plaudit.connections import OwnConnection
from plaudit.events.log import want_gifts
from plaudit.feeds.gifts.actions import copy_gifts
from plaudit.ledger.model import GiftOrder
from plaudit.people import actions as people
from plaudit.people.issuers import IssuerTerms, add_issuer
from plaudit.people.model import Role
from tests.integration.test_clawback import Stage, open_stage
from tests.integration.test_given_on_videos import Watching
from tests.integration.test_told import told as told_events
from tests.support.given import StageVideo
from tests.support.returns import Returns

pytestmark = pytest.mark.sql

WORDS = "Nobody shall read this"
KEPT = """
select kept from gift g, lateral cast(g as text) kept where kept like $1
union all select kept from frame f, lateral cast(f as text) kept where kept like $1
union all select kept from gift_batch b, lateral cast(b as text) kept where kept like $1
union all select kept from delivery d, lateral cast(d as text) kept where kept like $1
"""


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def video(stage: Stage) -> StageVideo:
    return await StageVideo.of(stage)


@pytest.fixture
async def ada(stage: Stage) -> Returns:
    giver = await Returns.of(stage.shop, "ada")
    await giver.buy(600)
    return giver


async def address_of(stage: Stage, video: StageVideo, gift: GiftOrder) -> str:
    """Where the words of a gift are, as its receiver is told."""
    received = await stage.items(f"/v1/creators/me/videos/{video.id}/received-gifts")
    seq = next(one["seq"] for one in received if one["id"] == str(gift.id))
    return f"/v1/videos/{video.id}/frames/{seq}/gifts/{gift.id}/message"


async def test_they_are_gone_for_everybody_and_the_gift_stays(
    stage: Stage, video: StageVideo, ada: Returns, owner_connection: OwnConnection
) -> None:
    gift = await video.give(ada, 100, 3_000, message=WORDS, anonymous=True)
    other = await video.give(ada, 50, 3_000, message="So high up")
    address = await address_of(stage, video, gift)
    async with Watching(stage, f"/v1/videos/{video.id}/events", "") as watching:
        assert WORDS in str(await watching.until("frames"))
        assert (await stage.creator.delete(address)).status_code == 204
        (frame,) = (await watching.until("frames"))["frames"]
        assert (frame["kind"], frame["gift_id"]) == ("message_removed", str(gift.id))
    assert (await stage.creator.delete(address)).status_code == 204, "again"
    assert video.id in stage.process.house.hub.rooms, "its frames are remembered"
    async with Watching(stage, f"/v1/videos/{video.id}/events", "") as watching:
        said = await watching.until("frames")
    assert [frame["kind"] for frame in said["frames"]] == ["gift", "gift", "message_removed"]
    frames = await video.ask("/frames")
    received = await stage.items(f"/v1/creators/me/videos/{video.id}/received-gifts")
    giver = await stage.shop.desk.person("ada", Role.VIEWER)
    history = (await giver.get("/v1/wallet/history")).json()["items"]
    shown = str([said, frames, await video.ask("/givers"), received, history])
    assert WORDS not in shown
    assert shown.count("So high up") == 5
    assert await owner_connection.fetch(KEPT, f"%{WORDS}%") == []
    assert await video.givers() == (150, 2, [("ada", 50, 1)], [("ada", 50), ("", 100)])
    own = {one["id"]: (one["message"], one["message_removed_by"]) for one in history if one["kind"] == "gift"}
    assert own == {str(gift.id): (None, "creator"), str(other.id): ("So high up", None)}
    for page in ("/wallet", f"/wallet/gifts/{gift.id}"):
        assert "The creator took your words away." in (await giver.get(page)).text
    again = await stage.shop.desk.house.gift_writer.charge(gift)
    assert (again.outcome, again.coins_after) == ("repeated", 500)
    changed = await stage.shop.desk.house.gift_writer.charge(structs.replace(gift, coins=99))
    assert changed.outcome == "conflict"


async def test_a_gift_without_words_stays_as_it_is(stage: Stage, video: StageVideo, ada: Returns) -> None:
    gift = await video.give(ada, 100, 3_000)
    assert (await stage.creator.delete(await address_of(stage, video, gift))).status_code == 204
    assert [one["kind"] for one in (await video.ask("/frames"))["items"]] == ["gift"]
    giver = await stage.shop.desk.person("ada", Role.VIEWER)
    history = (await giver.get("/v1/wallet/history")).json()["items"]
    assert [one["message_removed_by"] for one in history if one["kind"] == "gift"] == [None]
    assert await told_events(stage.shop.desk.house.database, "video_gift.message_removed") == []


async def _callers(stage: Stage, video: StageVideo, owner: OwnConnection, clock: Clock) -> dict[str, Any]:
    desk = stage.shop.desk
    await add_issuer(owner, "https://other.example", IssuerTerms(audience="plaudit", jwks='{"keys": []}'), clock)
    _, secret = await people.create_api_key(owner, "other", "https://other.example", clock)
    return {
        "guest": await desk.client(),
        "viewer": await desk.person("bob", Role.VIEWER),
        "creator": await desk.person("otto", Role.VIEWER, Role.CREATOR),
        "foreign server": await desk.client({"Authorization": f"Bearer {secret}"}),
        "operator": await desk.person("olga", Role.VIEWER, Role.OPERATOR),
        "server": video.server,
        "receiver": stage.creator,
    }


REFUSED = {
    "guest": (401, "unauthenticated"),
    "viewer": (403, "role_missing"),
    "creator": (403, "not_your_video"),
    "foreign server": (403, "video_foreign"),
}
REMOVED_BY = {"operator": "platform", "server": "platform", "receiver": "creator", "owner": "creator"}


async def test_who_may_take_them_away(
    stage: Stage, video: StageVideo, ada: Returns, owner_connection: OwnConnection
) -> None:
    """Who received the gift, and whose the video is now, both; nobody else of the creators."""
    callers: dict[str, httpx2.AsyncClient] = await _callers(stage, video, owner_connection, stage.shop.clock)
    gifts = [await video.give(ada, 10, 3_000, message=WORDS) for _ in REMOVED_BY]
    addresses = [await address_of(stage, video, gift) for gift in gifts]
    callers["owner"] = await video.moves_to_another_shard()
    for who, refused in REFUSED.items():
        answer = await callers[who].delete(addresses[0])
        assert (answer.status_code, answer.json()["code"]) == refused, who
    assert len(await owner_connection.fetch(KEPT, f"%{WORDS}%")) == 2 * len(gifts)
    for who, address in zip(REMOVED_BY, addresses, strict=True):
        assert (await callers[who].delete(address)).status_code == 204, who
    assert await owner_connection.fetch(KEPT, f"%{WORDS}%") == []
    rows = {row["gift_id"]: row for row in await owner_connection.fetch("select * from message_removal")}
    kept = [rows[gift.id] for gift in gifts]
    assert [row["removed_by"] for row in kept] == list(REMOVED_BY.values())
    assert [row["key_id"] is not None for row in kept] == [who == "server" for who in REMOVED_BY]
    assert [row["person_id"] for row in kept][2:] == [stage.creator_id, video.owner_id]
    unknown = addresses[0].replace(str(gifts[0].id), str(gifts[1].id))
    for address in (unknown, addresses[0].replace("/frames/1/", "/frames/99/")):
        answer = await stage.creator.delete(address)
        assert (answer.status_code, answer.json()["code"]) == (404, "gift_not_in_frame")


async def test_platforms_are_told(stage: Stage, video: StageVideo, ada: Returns) -> None:
    """Of the words before they went, or not at all."""
    database, clock = stage.shop.desk.house.database, stage.shop.clock
    async with database.transaction() as connection:
        await want_gifts(connection, clock.now())
    await copy_gifts(database, clock)
    first = await video.give(ada, 10, 3_000, message=WORDS)
    await copy_gifts(database, clock)
    second = await video.give(ada, 10, 3_000, message=WORDS)
    for gift in (first, second):
        assert (await video.server.delete(await address_of(stage, video, gift))).status_code == 204
    await copy_gifts(database, clock)
    told = await told_events(database, "video_gift.delivered", "video_gift.message_removed")
    said = [(one.type, one.data.get("gift_id") or one.data["gifts"][0]["id"]) for one in told]
    assert said.index(("video_gift.delivered", str(first.id))) < said.index(
        ("video_gift.message_removed", str(first.id))
    )
    words = {gift["id"]: gift["message"] for one in told for gift in one.data.get("gifts", ())}
    assert words == {str(first.id): WORDS, str(second.id): None}
    removed = [one for one in told if one.type == "video_gift.message_removed"]
    assert [(one.data["gift_id"], one.data["removed_by"]) for one in removed] == [
        (str(one.id), "platform") for one in (first, second)
    ]
    assert {one.data["external_id"] for one in removed} == {"v-1"}
    assert {one.subject for one in told} == {f"video:{video.id}"}
