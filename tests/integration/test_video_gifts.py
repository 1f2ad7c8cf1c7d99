"""Gifts on videos: charged once, in their place, by whoever may; everything else is told why, and costs nothing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from plaudit.clock import ManualClock
from plaudit.connections import connect
from plaudit.creators.totals import actions as totals
from plaudit.events.log import want_gifts
from plaudit.feeds.gifts.actions import copy_gifts
from plaudit.ledger.following import follow
from plaudit.limits import COMBO_WINDOW_MS, GIFT_MESSAGE_LENGTH_MAX
from plaudit.people import actions as people
from plaudit.people.issuers import IssuerTerms, add_issuer
from plaudit.videos import places as places_module
from plaudit.videos.model import Video
from plaudit.videos.places import VideoPlace, VideoPlaces
from tests.integration.test_told import told as told_events
from tests.support.databases import owner_of
from tests.support.gift_load import until_delivered
from tests.support.live import ROSE, TEDDY_SKU, Platform
from tests.support.videos import MEDIA, PATH, facts, open_videos, tell
from tests.support.waiting import eventually

pytestmark = pytest.mark.unsold

COINS = 10_000


@pytest.fixture
async def opened(database_url: str, clock: ManualClock) -> AsyncIterator[tuple[Platform, httpx2.AsyncClient]]:
    async with open_videos(database_url, clock) as both:
        yield both


@pytest.fixture
def platform(opened: tuple[Platform, httpx2.AsyncClient]) -> Platform:
    return opened[0]


@pytest.fixture
def server(opened: tuple[Platform, httpx2.AsyncClient]) -> httpx2.AsyncClient:
    return opened[1]


@pytest.fixture
async def item(platform: Platform) -> Any:
    """Something that may be given on videos."""
    guest = await platform.client()
    items = (await guest.get("/v1/catalogue")).json()["items"]
    return next(one for one in items if one["sku"] == TEDDY_SKU)


def gift(platform: Platform, item: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": str(platform.id()), "item_id": item["id"]} | more


async def test_a_gift_is_charged_once_at_its_place_in_the_video(
    platform: Platform, server: httpx2.AsyncClient, item: dict[str, Any]
) -> None:
    video, ada, cleo = await tell(server, platform), await platform.viewer("ada", COINS), await platform.creator("cleo")
    assert (await cleo.put("/v1/creators/me/video-messages", json={"enabled": True})).json() == {"enabled": True}
    asked = gift(platform, item, video_id=video["id"], position_ms=42_000, message="  Such a\nview ", count=2)
    posted = await ada.post("/v1/gifts", json=asked)
    assert posted.status_code == 201, posted.text
    said = posted.json()
    assert (
        said
        | {
            "room_id": None,
            "video_id": video["id"],
            "position_ms": 42_000,
            "message": "Such a view",
            "creator_id": video["owner"]["id"],
            "coins": 2 * item["coins"],
            "coins_after": COINS - 2 * item["coins"],
        }
        == said
    )
    again = await ada.post("/v1/gifts", json=asked)
    assert (again.status_code, again.json()) == (200, said)
    assert (await ada.get(f"/v1/gifts/{asked['id']}")).json() == said
    more = (await ada.post("/v1/gifts", json=gift(platform, item, video_id=video["id"], position_ms=48_000))).json()
    assert (more["combo"]["id"], more["combo"]["count"]) == (said["combo"]["id"], 3)
    await until_delivered(platform.database_url)
    balance = (await cleo.get("/v1/creators/me/balance")).json()
    assert balance["received_coins"] == 3 * item["coins"]


async def wallet(client: httpx2.AsyncClient) -> int:
    coins: int = (await client.get("/v1/wallet")).json()["coins"]
    return coins


async def received(creator: httpx2.AsyncClient) -> int:
    coins: int = (await creator.get("/v1/creators/me/balance")).json()["received_coins"]
    return coins


CANNOT_BE: Sequence[tuple[dict[str, Any], dict[str, Any], int, str, dict[str, Any]]] = (
    # what is said of the video, what the gift says, the answer and what else it says
    ({}, {"video_id": "999999"}, 404, "video_unknown", {}),
    ({"state": "deleted"}, {}, 410, "video_deleted", {}),
    ({"state": "private"}, {}, 403, "video_private", {}),
    ({"published_at": "2026-03-14T15:09:27Z"}, {}, 403, "video_private", {}),
    ({"state": "unlisted"}, {}, 409, "video_unlisted", {}),
    ({"state": "age_restricted"}, {}, 409, "video_age_restricted", {}),
    ({"published_at": "2026-03-14T15:09:00Z"}, {}, 409, "video_too_new", {"opens_at": "2026-03-14T15:10:00Z"}),
    ({"music_restricted": True}, {}, 409, "video_music_restricted", {}),
    ({"territories_allowed": ["DE"]}, {}, 403, "territory_not_allowed", {}),
    ({"territories_blocked": ["GB"]}, {}, 403, "territory_not_allowed", {}),
    ({}, {"position_ms": 48_001}, 400, "position_beyond_end", {"field": "body.position_ms", "duration_ms": 48_000}),
    ({}, {"position_ms": -1}, 400, "invalid_field", {"field": "body.position_ms"}),
    ({}, {"item_id": ROSE}, 409, "item_not_for_videos", {"coins_min": 5, "coins_max": 3_000}),
    ({}, {"item_id": 999_999}, 404, "item_unknown", {}),
    ({}, {"coins": 7}, 409, "price_changed", {}),
    ({}, {"count": 9_999}, 402, "insufficient_coins", {}),
    ({}, {"creator_id": "999999"}, 409, "receiver_not_the_owner", {}),
    ({}, {"message": "Such a view"}, 409, "video_messages_off", {}),
    ({}, {"message": " \n "}, 400, "invalid_field", {"field": "body.message"}),
    ({}, {"message": "a\x07b"}, 400, "invalid_field", {"field": "body.message"}),
    ({}, {"message": "a" * (GIFT_MESSAGE_LENGTH_MAX + 1)}, 400, "invalid_field", {"field": "body.message"}),
    ({}, {"room_id": "7"}, 400, "invalid_field", {"field": "body.room_id"}),
    ({}, {"video_token": "x.y.z"}, 400, "invalid_field", {"field": "body.room_id"}),
    ({}, {"video_id": None}, 400, "invalid_field", {"field": "body.room_id"}),
    ({}, {"video_id": None, "room_id": "7", "position_ms": 1}, 400, "invalid_field", {"field": "body.position_ms"}),
    ({}, {"video_id": None, "room_id": "7", "message": "Hi"}, 400, "invalid_field", {"field": "body.message"}),
    ({}, {"video_id": "v-1"}, 400, "invalid_field", {"field": "body.video_id"}),
    ({}, {"video_id": None, "video_token": "x.y.z"}, 422, "video_token_not_valid", {}),
)


async def test_what_cannot_be_given_is_told_why_and_costs_nothing(
    platform: Platform, server: httpx2.AsyncClient, item: dict[str, Any]
) -> None:
    await server.put("/v1/people/ada", json={"country": "GB"})
    ada = await platform.viewer("ada", COINS)
    for said, more, status, code, fields in CANNOT_BE:
        video = await tell(server, platform, **said)
        refused = await ada.post("/v1/gifts", json=gift(platform, item, video_id=video["id"]) | more)
        answer = refused.json()
        assert (refused.status_code, answer["code"]) == (status, code), (said, more)
        assert answer | fields == answer, (said, more)
    assert await _gifts(platform) == 0
    assert await wallet(ada) == COINS


async def test_who_gives_and_who_receives_may_be_refused(
    platform: Platform, server: httpx2.AsyncClient, item: dict[str, Any]
) -> None:
    video, ada, cleo = await tell(server, platform), await platform.viewer("ada", COINS), await platform.creator("cleo")

    async def code(client: httpx2.AsyncClient) -> str:
        answer = await client.post("/v1/gifts", json=gift(platform, item, video_id=video["id"]))
        return str(answer.json().get("code"))

    one = f"/v1/creators/me/videos/{video['id']}/gifts"
    for path, refusal in ((one, "video_gifts_off"), ("/v1/creators/me/video-gifts", "video_gifts_off")):
        await cleo.put(path, json={"enabled": False})
        assert await code(ada) == refusal
        await cleo.put(path, json={"enabled": True})
    assert await code(cleo) == "own_video"
    await server.put("/v1/people/kim", json={"country": "KP"})
    assert await code(await platform.viewer("kim", COINS)) == "giver_country_refused"
    for changed, refusal in (({"country": "KP"}, "owner_country_refused"), ({"roles": []}, "owner_not_a_creator")):
        await server.put("/v1/people/cleo", json={"country": "GB"} | changed)
        await _read_anew(platform, video)
        assert await code(ada) == refusal
    await server.put("/v1/people/cleo", json={"roles": ["creator"], "country": "KR", "born_on": "2015-01-01"})
    await _read_anew(platform, video)

    async def offered() -> dict[str, Any]:
        catalogue: dict[str, Any] = (await ada.get(f"/v1/videos/{video['id']}/catalogue")).json()
        return catalogue

    async def closed() -> bool:
        return bool((await offered())["reason"] == "gifts_closed")

    await eventually(closed, "this process has heard of it")
    assert (await offered())["items"] == []
    (mine,) = (await cleo.get("/v1/creators/me/videos")).json()["items"]
    assert mine["reason"] == "gifts_closed"
    assert "Gifts cannot be received here just now." in (await ada.get(video["page_path"])).text
    assert (await _gifts(platform), await wallet(ada)) == (0, COINS)


async def _read_anew(platform: Platform, video: dict[str, Any]) -> None:
    """As after VIDEO_FRESH_MS: what is told of people is not told to who has videos at hand."""
    place = await platform.house.video_places.find(int(video["id"]))
    platform.house.video_places.changed_of(place.creator_id)


async def _gifts(platform: Platform) -> int:
    async with platform.house.database.read() as connection:
        found: int = await connection.fetchval("select count(*) from gift")
    return found


async def test_a_video_of_another_platform_is_foreign(
    platform: Platform, server: httpx2.AsyncClient, item: dict[str, Any]
) -> None:
    video = await tell(server, platform)
    owner = await connect(owner_of(platform.database_url))
    try:
        await add_issuer(
            owner, "https://other.example", IssuerTerms(audience="plaudit", jwks='{"keys": []}'), platform.clock
        )
        _, secret = await people.create_api_key(owner, "other", "https://other.example", platform.clock)
    finally:
        await owner.close()
    other = await platform.client(secret)
    bob = (await other.put("/v1/people/bob", json={})).json()
    await platform.fund(int(bob["id"]), COINS)
    for_bob = {"Plaudit-Subject": "bob"}
    alone = await other.post("/v1/gifts", json=gift(platform, item, video_id=video["id"]), headers=for_bob)
    assert (alone.status_code, alone.json()["code"]) == (403, "video_foreign")
    offered = (await other.get(f"/v1/videos/{video['id']}/catalogue", headers=for_bob)).json()
    assert (offered["reason"], offered["items"]) == ("video_foreign", [])
    for state in ("private", "deleted"):
        await tell(server, platform, state=state)
        alone = await other.post("/v1/gifts", json=gift(platform, item, video_id=video["id"]), headers=for_bob)
        assert alone.json()["code"] == "video_foreign", state
    many = {"gifts": [gift(platform, item, video_id=video["id"], sender_subject="bob")]}
    (outcome,) = (await other.post("/v1/gifts:batch", json=many)).json()["items"]
    assert (outcome["outcome"], outcome["problem"]["code"]) == ("refused", "video_foreign")
    assert await _gifts(platform) == 0


async def test_a_repeat_gets_its_first_answer_whatever_changed_since(
    platform: Platform, server: httpx2.AsyncClient, item: dict[str, Any]
) -> None:
    video, ada, cleo = await tell(server, platform), await platform.viewer("ada", COINS), await platform.creator("cleo")
    await cleo.put("/v1/creators/me/video-messages", json={"enabled": True})
    asked = gift(platform, item, video_id=video["id"], position_ms=42_000, message="Such a view")
    first = await ada.post("/v1/gifts", json=asked)
    assert first.status_code == 201
    named = gift(platform, item, video_id=video["id"], creator_id=video["owner"]["id"], coins=item["coins"])
    second = await ada.post("/v1/gifts", json=named)
    await cleo.put("/v1/creators/me/video-messages", json={"enabled": False})
    for change in (
        {}, {"duration_ms": 1_000}, {"state": "private"}, {"territories_blocked": ["GB"]}, {"owner_subject": "otto"},
        {"owner_subject": "otto", "state": "deleted"},
    ):  # fmt: skip
        await tell(server, platform, **change)
        for body, answer in ((asked, first), (named, second)):
            again = await ada.post("/v1/gifts", json=body)
            assert (again.status_code, again.json()) == (200, answer.json()), change
    elsewhere = await tell(server, platform, "v-2")
    for more in (
        {"video_id": elsewhere["id"]}, {"position_ms": 41_999}, {"message": "Another"}, {"count": 2},
        {"creator_id": elsewhere["owner"]["id"], "position_ms": None}, {"coins": item["coins"] + 1},
    ):  # fmt: skip
        conflict = await ada.post("/v1/gifts", json=asked | more)
        assert (conflict.status_code, conflict.json()["code"]) == (409, "gift_conflict"), more
    assert await wallet(ada) == COINS - 2 * item["coins"]


async def test_what_was_earned_stays_and_what_comes_goes_to_the_new_owner(
    platform: Platform, server: httpx2.AsyncClient, item: dict[str, Any]
) -> None:
    """Of another shard: shown where the video always was, earned where they are."""
    shards, cleo = platform.house.shards, await platform.creator("cleo")
    home = shards.of(await platform.person_id(cleo))
    others = [await platform.creator(one) for one in ("dora", "edda", "fay", "gwen")]
    ids = [await platform.person_id(one) for one in others]
    place = next(place for place, one in enumerate(ids) if shards.of(one) != home)
    subject, dora, dora_id = ("dora", "edda", "fay", "gwen")[place], others[place], ids[place]
    await dora.put("/v1/creators/me/video-gifts", json={"enabled": True})
    ada, video = await platform.viewer("ada", COINS), await tell(server, platform)
    await ada.post("/v1/gifts", json=gift(platform, item, video_id=video["id"], position_ms=1))
    await tell(server, platform, owner_subject=subject, title="Seventy rooftops")
    for place in (2, 3):
        sent = await ada.post("/v1/gifts", json=gift(platform, item, video_id=video["id"], position_ms=place))
        assert sent.json()["creator_id"] == str(dora_id)
    await until_delivered(platform.database_url)
    coins = item["coins"]
    assert (await received(cleo), await received(dora)) == (coins, 2 * coins)
    async with platform.house.database.read() as connection:
        frames = await connection.fetch(
            "select f.shard, f.seq, l.position_ms, l.creator_id from frame f, unnest(f.lines) l where f.room_id = $1 "
            "order by f.seq, l.position_ms",
            int(video["id"]),
        )
    assert [(row["shard"], row["position_ms"]) for row in frames] == [(home, 1), (home, 2), (home, 3)]
    assert [row["creator_id"] for row in frames[1:]] == [dora_id, dora_id]

    # Everybody is told which video it was, also when it is gone.
    await server.delete(f"{PATH}v-1")
    await follow(platform.house.database, totals.FOLLOWER, totals.add_entries)
    for creator, gifts in ((cleo, 1), (dora, 2)):
        (total,) = (await creator.get("/v1/creators/me/totals", params={"by": "video"})).json()["items"]
        assert (total["video_id"], total["video_title"], total["gifts"]) == (video["id"], "Seventy rooftops", gifts)
    history = (await ada.get("/v1/wallet/history")).json()["items"]
    seen = [
        (one["position_ms"], one["video_id"], one["video_title"], one["video_gone"])
        for one in history
        if one["kind"] == "gift"
    ]
    assert sorted(seen) == [(place, video["id"], "Seventy rooftops", True) for place in (1, 2, 3)]


async def test_gifts_on_videos_are_told_with_the_platforms_own_id(
    platform: Platform, server: httpx2.AsyncClient, item: dict[str, Any], clock: ManualClock
) -> None:
    database = platform.house.database
    async with database.transaction() as connection:
        await want_gifts(connection, clock.now())
    await copy_gifts(database, clock)
    cleo = await platform.creator("cleo")
    await cleo.put("/v1/creators/me/video-messages", json={"enabled": True})
    ada, video = await platform.viewer("ada", COINS), await tell(server, platform)
    sent = [gift(platform, item, video_id=video["id"], position_ms=42_000, message="Such a view")]
    await ada.post("/v1/gifts", json=sent[0])
    await tell(server, platform, owner_subject="otto")
    sent.append(gift(platform, item, video_id=video["id"]))
    await ada.post("/v1/gifts", json=sent[1])
    await until_delivered(platform.database_url)
    await copy_gifts(database, clock)
    events = await told_events(database, "gift.delivered", "combo.ended", "video_gift.delivered", "video_combo.ended")
    gifts = [(event.data["creator"]["subject"], one) for event in events for one in event.data["gifts"]]
    assert [(subject, one["id"], one["position_ms"], one["message"]) for subject, one in gifts] == [
        ("cleo", sent[0]["id"], 42_000, "Such a view"),
        ("otto", sent[1]["id"], None, None),
    ]
    for event in events:
        assert (event.type, event.subject) == ("video_gift.delivered", f"video:{video['id']}")
        assert (event.data["external_id"], event.data["title"]) == ("v-1", "Sixty rooftops")
    clock.advance(timedelta(milliseconds=COMBO_WINDOW_MS * 3))
    await copy_gifts(database, clock)
    await copy_gifts(database, clock)
    ended = await told_events(database, "video_combo.ended")
    found = [(event.data["creator"]["subject"], event.data["video_id"], len(event.data["combos"])) for event in ended]
    assert sorted(found) == [("cleo", video["id"], 1), ("otto", video["id"], 1)]


async def test_each_gift_of_a_batch_has_its_own_place(
    platform: Platform, server: httpx2.AsyncClient, item: dict[str, Any]
) -> None:
    cleo = await platform.creator("cleo")
    room_id = await platform.live_room(cleo)
    videos = [await tell(server, platform, f"v-{number}") for number in range(3)]
    ada = await platform.viewer("ada", COINS)
    await tell(server, platform, "v-1", state="private")
    token = vouch(platform, external_id="v-9")
    of_ada = {"sender_subject": "ada"}
    gifts = [
        gift(platform, item, room_id=room_id, **of_ada),
        *(gift(platform, item, video_id=video["id"], position_ms=5, **of_ada) for video in videos),
        gift(platform, item, video_token=token, **of_ada),
        gift(platform, item, video_token=token[:-4], **of_ada),
        gift(platform, item, video_id="999999", **of_ada),
    ]
    answer = (await server.post("/v1/gifts:batch", json={"gifts": gifts})).json()["items"]
    assert [one["outcome"] for one in answer] == [
        "posted",
        "posted",
        "refused",
        "posted",
        "posted",
        "refused",
        "refused",
    ]
    codes = [one["problem"]["code"] for one in answer if "problem" in one]
    assert codes == ["video_private", "video_token_not_valid", "video_unknown"]
    again = (await server.post("/v1/gifts:batch", json={"gifts": gifts})).json()["items"]
    assert [one["outcome"] for one in again] == [
        "repeated" if one["outcome"] == "posted" else "refused" for one in answer
    ]
    assert await wallet(ada) == COINS - 4 * item["coins"]
    two = [gift(platform, item, room_id=room_id, **of_ada), gift(platform, item, **of_ada)]
    nowhere = (await server.post("/v1/gifts:batch", json={"gifts": two})).json()
    assert (nowhere["code"], nowhere["field"]) == ("invalid_field", "body.gifts[1].room_id")


async def test_what_is_wrong_with_one_gift_of_a_batch_is_said_of_it_alone(
    platform: Platform, server: httpx2.AsyncClient, item: dict[str, Any]
) -> None:
    ada, cleo = await platform.viewer("ada", COINS), await platform.creator("cleo")
    await cleo.put("/v1/creators/me/video-messages", json={"enabled": True})
    video, of_ada = await tell(server, platform), {"sender_subject": "ada"}
    too_long = "a" * (GIFT_MESSAGE_LENGTH_MAX + 1)
    words: list[dict[str, Any]] = [{"message": text} for text in ("\u200b", "", too_long, "a\x07")]
    claims: list[dict[str, Any]] = [
        {"owner_subject": "a\0b"},
        {"cover_url": "/a\0b"},
        {"title": "a\0b"},
        {"duration_ms": 2**70},
        {"published_at": "9999-12-31T23:59:59Z"},
        {"published_at": "0001-01-01T00:00:00+14:00"},
    ]
    gifts = [
        gift(platform, item, video_id=video["id"], message="Such a view", **of_ada),
        *(gift(platform, item, video_id=video["id"], **of_ada, **one) for one in words),
        *(gift(platform, item, video_token=vouch(platform, external_id="v-9", **one), **of_ada) for one in claims),
        gift(platform, item, video_id=video["id"], **of_ada),
    ]
    items = (await server.post("/v1/gifts:batch", json={"gifts": gifts})).json()["items"]
    assert [one["outcome"] for one in items] == ["posted", *["refused"] * (len(gifts) - 2), "posted"]
    said = [one["problem"] for one in items[1:-1]]
    assert [one["code"] for one in said] == ["invalid_field"] * len(words) + ["video_token_not_valid"] * len(claims)
    assert [one["field"] for one in said[: len(words)]] == [f"body.gifts[{place}].message" for place in range(1, 5)]
    assert await wallet(ada) == COINS - 2 * item["coins"]


def vouch(platform: Platform, **more: Any) -> str:
    return platform.issuer.vouch("video", facts(platform) | more, platform.clock, lifetime=timedelta(hours=1))


async def test_a_token_makes_the_video_known_at_the_first_gift(
    platform: Platform, server: httpx2.AsyncClient, item: dict[str, Any], clock: ManualClock
) -> None:
    ada, token = await platform.viewer("ada", COINS), vouch(platform, external_id="v-9")
    asked = gift(platform, item, video_token=token, position_ms=42_000)
    posted = (await ada.post("/v1/gifts", json=asked)).json()
    told = (await server.get(f"{PATH}v-9")).json()
    assert (posted["video_id"], posted["creator_id"]) == (told["id"], told["owner"]["id"])
    assert (await ada.post("/v1/gifts", json=asked)).json() == posted
    by_id = {name: value for name, value in asked.items() if name != "video_token"} | {"video_id": told["id"]}
    assert (await ada.post("/v1/gifts", json=by_id)).json() == posted
    # What the platform says by call stands, whatever an older token says; a newer token is a newer word.
    clock.advance(timedelta(seconds=10))
    await server.delete(f"{PATH}v-9")
    refused = await ada.post("/v1/gifts", json=gift(platform, item, video_token=token))
    assert refused.json()["code"] == "video_deleted"
    clock.advance(timedelta(seconds=10))
    newer = vouch(platform, external_id="v-9", owner_subject="otto")
    moved = (await ada.post("/v1/gifts", json=gift(platform, item, video_token=newer))).json()
    assert moved["video_id"] == told["id"]
    assert moved["creator_id"] != told["owner"]["id"]
    stranger = vouch(platform, external_id="v-10", owner_subject="nobody")
    unknown = await ada.post("/v1/gifts", json=gift(platform, item, video_token=stranger))
    assert unknown.json()["code"] == "person_unknown"
    assert await wallet(ada) == COINS - 2 * item["coins"]


async def test_a_video_that_goes_while_gifts_come_takes_those_before_it_went(
    platform: Platform, server: httpx2.AsyncClient, item: dict[str, Any]
) -> None:
    video, ada, cleo = await tell(server, platform), await platform.viewer("ada", COINS), await platform.creator("cleo")

    async def give() -> httpx2.Response:
        return await ada.post("/v1/gifts", json=gift(platform, item, video_id=video["id"]))

    assert (await give()).status_code == 201
    answers = await asyncio.gather(
        *(give() for _ in range(20)), server.delete(f"{PATH}v-1"), *(give() for _ in range(20))
    )
    sent = [one for one in answers if one.request.url.path == "/v1/gifts"]
    posted = [one for one in sent if one.status_code == 201]
    assert {one.json()["code"] for one in sent if one not in posted} <= {"video_deleted"}
    assert (await give()).json()["code"] == "video_deleted"
    await until_delivered(platform.database_url)
    assert await received(cleo) == (1 + len(posted)) * item["coins"] == COINS - await wallet(ada)


async def test_who_gave_on_a_video_or_had_it_learns_no_title_that_it_gets_in_private(
    platform: Platform, server: httpx2.AsyncClient, item: dict[str, Any], clock: ManualClock
) -> None:
    ada, cleo, otto = (
        await platform.viewer("ada", COINS),
        await platform.creator("cleo"),
        await platform.creator("otto"),
    )
    video = await tell(server, platform)
    given = gift(platform, item, video_id=video["id"])
    assert (await ada.post("/v1/gifts", json=given)).status_code == 201
    await until_delivered(platform.house.database.url)
    await follow(platform.house.database, totals.FOLLOWER, totals.add_entries)
    theirs = [(ada, "/v1/wallet/history"), (ada, "/wallet"), (ada, f"/wallet/gifts/{given['id']}")]
    theirs += [(cleo, path) for path in ("/v1/creators/me/totals?by=video", "/studio/totals", "/studio/videos")]
    theirs.append((cleo, f"/studio/videos/{video['id']}"))

    async def titles() -> list[set[str]]:
        """Which each of these pages names."""
        pages = [(await client.get(path)).text for client, path in theirs]
        return [{title for title in ("Sixty", "Seventy", "Unreleased") if title in page} for page in pages]

    secret = {"owner_subject": "otto", "title": "Unreleased", "cover_url": f"{MEDIA}/Unreleased.webp"}
    assert (await tell(server, platform, state="private", **secret))["title"] == "Unreleased"
    assert await titles() == [{"Sixty"}] * len(theirs)
    assert "Unreleased" in (await otto.get("/v1/creators/me/videos")).text
    await tell(server, platform, owner_subject="otto", title="Seventy rooftops")
    assert await titles() == [{"Seventy"}] * len(theirs)
    await server.delete(f"{PATH}v-1")
    await tell(server, platform, state="private", **secret)
    assert await titles() == [{"Seventy"}] * len(theirs)
    to_come = clock.now() + timedelta(minutes=5)
    await tell(server, platform, published_at=to_come.isoformat(), **secret)
    assert await titles() == [{"Seventy"}] * len(theirs)
    clock.advance(timedelta(minutes=6))
    assert await titles() == [{"Unreleased"}] * len(theirs)
    await tell(server, platform, state="private", owner_subject="otto", title="Sixty again")
    assert await titles() == [{"Unreleased"}] * len(theirs)


async def test_a_video_that_changes_hands_while_gifts_come_is_one_owners_at_a_time(
    platform: Platform, server: httpx2.AsyncClient, item: dict[str, Any]
) -> None:
    video, ada = await tell(server, platform), await platform.viewer("ada", COINS)
    owners = {one: await platform.creator(one) for one in ("cleo", "otto")}
    ids = {one: str(await platform.person_id(client)) for one, client in owners.items()}

    async def give() -> httpx2.Response:
        return await ada.post("/v1/gifts", json=gift(platform, item, video_id=video["id"]))

    moving = server.put(f"{PATH}v-1", json=facts(platform, owner_subject="otto"))
    answers = await asyncio.gather(*(give() for _ in range(20)), moving, *(give() for _ in range(20)))
    assert (await give()).json()["creator_id"] == ids["otto"]
    sent = [one.json() for one in answers if one.request.url.path == "/v1/gifts"]
    await until_delivered(platform.database_url)
    for one, later in (("cleo", 0), ("otto", 1)):
        given = sum(gift["creator_id"] == ids[one] for gift in sent)
        assert await received(owners[one]) == (given + later) * item["coins"]
    assert await wallet(ada) == COINS - (len(sent) + 1) * item["coins"]


@pytest.fixture
def believed_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places_module, "VIDEO_FRESH_MS", 3_600_000)


class HeldBack(VideoPlaces):
    """Reads videos, and waits with what it read."""

    def hold_back(self) -> None:
        self.has_read, self.go_on = asyncio.Event(), asyncio.Event()

    async def _read(self, ids: Sequence[int]) -> dict[int, VideoPlace]:
        found = await super()._read(ids)
        self.has_read.set()
        await self.go_on.wait()
        return found


@pytest.mark.usefixtures("believed_for_long")
async def test_who_asks_after_a_change_gets_what_was_read_after_it(
    platform: Platform, server: httpx2.AsyncClient
) -> None:
    house, video = platform.house, await tell(server, platform)
    video_id = int(video["id"])
    before = await house.video_places.find(video_id)
    changes: list[tuple[Callable[[], Awaitable[Any]], Callable[[VideoPlaces], None], str]] = [
        (lambda: server.delete(f"{PATH}v-1"), lambda places: places.changed([before.video]), "state"),
        (lambda: no_gifts_for_cleo(platform), lambda places: places.changed_of(before.creator_id), "owner_opted_in"),
    ]
    for change, say, what in changes:
        places = HeldBack(house.database, house.doorkeeper, house.settings, house.clock)
        places.hold_back()
        early = asyncio.create_task(places.find(video_id))
        await places.has_read.wait()
        await change()
        say(places)
        late = asyncio.create_task(places.find(video_id))
        places.go_on.set()
        assert getattr((await early).video, what) != getattr((await late).video, what)
        assert places.at_hand(video_id) == await late
        await places.stop()


async def no_gifts_for_cleo(platform: Platform) -> None:
    cleo = await platform.creator("cleo")
    assert (await cleo.put("/v1/creators/me/video-gifts", json={"enabled": False})).is_success


class Restless(VideoPlaces):
    """While it reads, what it reads is told of and switched, and somebody else's, some times at least."""

    def stir(self, video: Video, stranger_id: int) -> None:
        self.video, self.stranger_id, self.readings = video, stranger_id, 0

    async def _read(self, ids: Sequence[int]) -> dict[int, VideoPlace]:
        self.readings += 1
        found = await super()._read(ids)
        if self.readings < 5:
            self.changed([self.video])
            self.changed_of(self.stranger_id)
            self.changed_of(self.video.owner_id)
        return found


async def test_no_change_keeps_who_waits_from_what_is_read(platform: Platform, server: httpx2.AsyncClient) -> None:
    house, video = platform.house, await tell(server, platform)
    video_id = int(video["id"])
    known = (await house.video_places.find(video_id)).video
    places = Restless(house.database, house.doorkeeper, house.settings, house.clock)
    places.stir(known, known.owner_id + 1)
    assert (await places.find(video_id)).video == known
    assert (places.readings, places.at_hand(video_id)) == (1, None)
    await places.stop()


@pytest.mark.usefixtures("believed_for_long")
async def test_what_changes_nothing_leaves_videos_at_hand(
    platform: Platform, server: httpx2.AsyncClient, clock: ManualClock
) -> None:
    places = platform.house.video_places
    since = platform.clock.now().isoformat()
    mine, others = (
        await tell(server, platform, published_at=since),
        await tell(server, platform, "v-2", owner_subject="otto"),
    )
    cleo = await platform.creator("cleo")

    async def both_at_hand() -> list[bool]:
        at_hand = [places.at_hand(int(one["id"])) is not None for one in (mine, others)]
        for one in (mine, others):
            await places.find(int(one["id"]))
        return at_hand

    await both_at_hand()
    clock.advance(timedelta(seconds=1))
    await tell(server, platform, published_at=since)
    assert (await cleo.put(f"/v1/creators/me/videos/{mine['id']}/gifts", json={"enabled": True})).is_success
    for switch, enabled in (("video-gifts", True), ("video-messages", False)):
        assert (await cleo.put(f"/v1/creators/me/{switch}", json={"enabled": enabled})).is_success
    assert await both_at_hand() == [True, True]
    assert (await cleo.put("/v1/creators/me/video-messages", json={"enabled": True})).is_success
    assert await both_at_hand() == [False, True]
    await tell(server, platform, title="Seventy rooftops")
    assert await both_at_hand() == [False, True]
