"""Videos of a platform: told of, looked up, forgotten; whether gifts may be given on them, and what creators decide."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import product
from typing import Any

import asyncpg
import httpx2
import pytest

from plaudit.clock import ManualClock
from plaudit.connections import connect
from plaudit.limits import VIDEO_TOLD_AHEAD_S_MAX, VIDEOS_PER_CALL_MAX
from plaudit.people import actions as people
from plaudit.people.development import ISSUER
from plaudit.people.issuers import IssuerTerms, add_issuer, set_issuer_active
from plaudit.videos import reading
from tests.support.databases import owner_of
from tests.support.live import Platform
from tests.support.videos import MEDIA, PATH, facts, give, open_videos, tell


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


async def reason(client: httpx2.AsyncClient, video: dict[str, Any]) -> str | None:
    """Why somebody may give nothing; what is refused shows nothing."""
    answer = (await client.get(f"/v1/videos/{video['id']}/catalogue")).json()
    if "code" in answer:
        assert "items" not in answer
        return str(answer["code"])
    assert (answer["reason"] is None) == bool(answer["items"])
    found: str | None = answer["reason"]
    return found


async def test_a_video_is_told_of_and_said_anew(platform: Platform, server: httpx2.AsyncClient) -> None:
    said = facts(
        platform,
        cover_url=f"{MEDIA}/v-1.webp",
        hls_url=f"{MEDIA}/v-1.m3u8",
        territories_blocked=["FR", "DE"],
        music_restricted=True,
    )
    told = (await server.put(f"{PATH}v-1", json=said)).json()
    kept = {field: value for field, value in said.items() if field != "published_at"}
    assert told | kept | {"external_id": "v-1", "state": "published", "territories_allowed": None} == told
    assert (told["owner"]["name"], told["owner_subject"]) == ("Cleo", "cleo")
    assert (await server.get(f"{PATH}v-1")).json() == told
    again = await tell(server, platform, title="Seventy rooftops", owner_subject="otto")
    assert (again["id"], again["title"], again["owner"]["name"]) == (told["id"], "Seventy rooftops", "Otto")
    assert (again["cover_url"], again["territories_blocked"], again["music_restricted"]) == (None, [], False)
    guest = await platform.client()
    assert (await guest.get(f"/v1/videos/{told['id']}")).json() == {
        "id": told["id"],
        "title": "Seventy rooftops",
        "duration_ms": 48_000,
        "cover_url": None,
        "state": "published",
        "published_at": told["published_at"],
        "owner": again["owner"],
        "coins": 0,
        "gifts": 0,
    }


async def test_a_room_and_a_video_never_have_one_number(platform: Platform, server: httpx2.AsyncClient) -> None:
    cleo = await platform.creator("cleo")
    ids = []
    for number in range(3):
        ids.append((await cleo.post("/v1/rooms", json={"title": "Tea"})).json()["id"])
        ids.append((await tell(server, platform, f"v-{number}"))["id"])
    assert len(set(ids)) == 6


async def test_an_older_word_that_comes_late_changes_nothing(platform: Platform, server: httpx2.AsyncClient) -> None:
    now = platform.clock.now()
    newer, older = ((now - timedelta(seconds=seconds)).isoformat() for seconds in (10, 20))
    told = await tell(server, platform, title="Now", told_at=newer)
    assert await tell(server, platform, title="Before", state="private", told_at=older) == told
    late = (await server.request("DELETE", f"{PATH}v-1", params={"told_at": older})).json()
    assert late == told
    gone = (await server.delete(f"{PATH}v-1")).json()
    assert (gone["state"], gone["title"]) == ("deleted", "Now")
    assert (await tell(server, platform, told_at=newer))["state"] == "deleted"
    assert (await tell(server, platform))["state"] == "published"


async def test_each_video_of_a_batch_is_answered_by_itself(platform: Platform, server: httpx2.AsyncClient) -> None:
    await platform.viewer("ada")
    assert (await (await platform.viewer("ada")).get("/v1/me")).status_code == 200
    old = (platform.clock.now() - timedelta(hours=1)).isoformat()
    videos = [
        facts(platform, external_id="v-1"),
        facts(platform, external_id="v-2", owner_subject="nobody"),
        facts(platform, external_id="v-3", owner_subject="ada"),
        facts(platform, external_id="v-4", hls_url="https://elsewhere.example/a.m3u8"),
        facts(platform, external_id="v-5", published_at=None),
        facts(platform, external_id="v-1", title="Seventy rooftops"),
        facts(platform, external_id="v-1", title="Fifty rooftops", told_at=old),
        facts(platform, external_id="v-6", published_at="9999-12-31T23:59:59-12:00"),
        facts(platform, external_id="v-7", told_at="0001-01-01T00:00:00Z"),
    ]
    answer = await server.post("/v1/videos:batch", json={"videos": videos})
    items = answer.json()["items"]
    assert [item["external_id"] for item in items] == [video["external_id"] for video in videos]
    problems = [(place, item["problem"]["code"]) for place, item in enumerate(items) if "problem" in item]
    assert problems == [
        (1, "person_unknown"), (2, "not_a_creator"), (3, "media_origin_not_allowed"), (4, "invalid_field"),
        (7, "invalid_field"), (8, "invalid_field"),
    ]  # fmt: skip
    fields = [items[place]["problem"]["field"] for place in (1, 4, 7, 8)]
    assert fields == [
        "body.videos[1].owner_subject", "body.videos[4].published_at", "body.videos[7].published_at",
        "body.videos[8].told_at",
    ]  # fmt: skip
    assert [items[place]["video"]["title"] for place in (0, 5, 6)] == ["Seventy rooftops"] * 3
    assert [one["external_id"] for one in (await server.get("/v1/videos")).json()["items"]] == ["v-1"]


async def test_a_thousand_videos_go_at_once_and_are_read_by_pages(
    platform: Platform, server: httpx2.AsyncClient
) -> None:
    videos = [facts(platform, external_id=f"v-{number:04}") for number in range(VIDEOS_PER_CALL_MAX + 1)]
    assert (await server.post("/v1/videos:batch", json={"videos": videos})).status_code == 400
    answers = await asyncio.gather(
        server.post("/v1/videos:batch", json={"videos": videos[:-1]}),
        server.post("/v1/videos:batch", json={"videos": videos[1:][::-1]}),
    )
    assert [len(answer.json()["items"]) for answer in answers] == [VIDEOS_PER_CALL_MAX] * 2
    found, cursor = [], ""
    while True:
        page = (await server.get("/v1/videos", params={"limit": 200, **({"cursor": cursor} if cursor else {})})).json()
        found += [one["external_id"] for one in page["items"]]
        if not (cursor := page["next"]):
            break
    assert found == [video["external_id"] for video in videos]


CANNOT_BE: list[tuple[dict[str, Any], int, str, str]] = [
    ({"title": " x"}, 400, "invalid_field", "title"),
    ({"title": "a\u202eb"}, 400, "invalid_field", "title"),
    ({"duration_ms": 0}, 400, "invalid_field", "duration_ms"),
    ({"duration_ms": 86_400_001}, 400, "invalid_field", "duration_ms"),
    ({"state": "hidden"}, 400, "invalid_field", "state"),
    ({"published_at": None}, 400, "invalid_field", "published_at"),
    ({"territories_allowed": ["Germany"]}, 400, "invalid_field", "territories_allowed[0]"),
    ({"territories_allowed": ["DE\n"]}, 400, "invalid_field", "territories_allowed[0]"),
    ({"territories_blocked": ["UK"]}, 400, "invalid_field", "territories_blocked[0]"),
    ({"territories_allowed": ["DE"], "territories_blocked": ["FR"]}, 400, "invalid_field", "territories_blocked"),
    ({"told_at": "2026-03-14T16:09:26Z"}, 400, "invalid_field", "told_at"),
    ({"told_at": "2026-03-14T15:09:26"}, 400, "invalid_field", "told_at"),
    ({"told_at": "0001-01-01T00:00:00Z"}, 400, "invalid_field", "told_at"),
    ({"published_at": "0001-01-01T00:00:00+14:00"}, 400, "invalid_field", "published_at"),
    ({"published_at": "9999-12-31T23:59:59Z"}, 400, "invalid_field", "published_at"),
    ({"cover_url": "https://elsewhere.example/a.webp"}, 422, "media_origin_not_allowed", "cover_url"),
    ({"owner_subject": "nobody"}, 404, "person_unknown", "owner_subject"),
    ({"colour": "red"}, 400, "invalid_field", "colour"),
]


async def test_what_cannot_be_is_told_its_field(platform: Platform, server: httpx2.AsyncClient) -> None:
    for change, status, code, field in CANNOT_BE:
        refused = await server.put(f"{PATH}v-1", json=facts(platform, **change))
        said = refused.json()
        assert (refused.status_code, said["code"], said["field"]) == (status, code, f"body.{field}"), change
    assert (await server.get(f"{PATH}v-1")).json()["code"] == "video_unknown"


@pytest.mark.parametrize("published_at", ["1970-01-01T00:00:00Z", "2999-12-31T23:59:59Z"])
async def test_the_first_and_the_last_moment_can_be_shown(
    published_at: str, platform: Platform, server: httpx2.AsyncClient
) -> None:
    video = await tell(server, platform, published_at=published_at, told_at="1970-01-01T00:00:00Z")
    assert (video["published_at"], video["told_at"]) == (published_at[:-1] + ".000Z", "1970-01-01T00:00:00.000Z")
    cleo = await platform.creator("cleo")
    mine = f"/studio/videos/{video['id']}"
    for address in ("/v1/creators/me/videos", "/studio/videos", mine):
        assert (await cleo.get(address)).status_code == 200, address
    offered = await cleo.get(f"/v1/videos/{video['id']}/catalogue")
    assert offered.status_code in {200, 403}
    assert (await server.get("/v1/videos")).json()["items"] == [video]


async def test_the_database_keeps_no_other_moment(platform: Platform, server: httpx2.AsyncClient) -> None:
    await tell(server, platform)
    connection = await connect(platform.database_url)
    try:
        changes = (
            "update video set published_at = $1::text::timestamptz",
            "update video set told_at = $1::text::timestamptz",
        )
        for change, at in product(changes, ("0001-01-01Z", "1969-12-31 23:59Z", "3000-01-01Z", "infinity")):
            with pytest.raises(asyncpg.CheckViolationError):
                await connection.execute(change, at)
    finally:
        await connection.close()


async def test_ids_that_no_address_can_hold_are_refused(platform: Platform, server: httpx2.AsyncClient) -> None:
    for name in ("v" * 201, "v%0A"):
        assert (await server.put(f"{PATH}{name}", json=facts(platform))).json()["field"] == "path.external_id"
    worn = {
        "videos": [facts(platform, external_id="v-1"), facts(platform, external_id="v-2", published_at="yesterday")]
    }
    refused = await server.post("/v1/videos:batch", json=worn)
    assert (refused.status_code, refused.json()["field"]) == (400, "body.videos[1].published_at")
    for name in ("a/b", "v\n"):
        batch = {"videos": [facts(platform, external_id=name)]}
        assert (await server.post("/v1/videos:batch", json=batch)).json()["field"] == "body.videos[0].external_id"
    assert (await tell(server, platform, "-yt_1.2~3:4=@"))["external_id"] == "-yt_1.2~3:4=@"


async def test_a_clock_may_be_a_little_ahead(platform: Platform, server: httpx2.AsyncClient) -> None:
    ahead = platform.clock.now() + timedelta(seconds=VIDEO_TOLD_AHEAD_S_MAX)
    assert (await tell(server, platform, told_at=ahead.isoformat()))["title"] == "Sixty rooftops"
    later = (ahead + timedelta(seconds=1)).isoformat()
    for telling in (
        server.put(f"{PATH}v-1", json=facts(platform, told_at=later)),
        server.request("DELETE", f"{PATH}v-1", params={"told_at": later}),
    ):
        assert (await telling).json()["field"].endswith("told_at")


async def test_a_word_without_a_time_is_newer_than_one_of_a_clock_that_is_ahead(
    platform: Platform, server: httpx2.AsyncClient
) -> None:
    ahead = (platform.clock.now() + timedelta(seconds=VIDEO_TOLD_AHEAD_S_MAX)).isoformat()
    await tell(server, platform, told_at=ahead)
    assert (await server.delete(f"{PATH}v-1")).json()["state"] == "deleted"
    assert (await tell(server, platform, told_at=ahead))["state"] == "deleted", (
        "sent again, it is older than what followed"
    )
    await tell(server, platform, "v-2", told_at=ahead)
    assert (await tell(server, platform, "v-2", state="private"))["state"] == "private"
    assert (await tell(server, platform, "v-2", told_at=ahead))["state"] == "private"
    batch = [
        facts(platform, external_id="v-3", told_at=ahead), facts(platform, external_id="v-3", state="private"),
        facts(platform, external_id="v-4", state="private"), facts(platform, external_id="v-4", told_at=ahead),
    ]  # fmt: skip
    told = (await server.post("/v1/videos:batch", json={"videos": batch})).json()["items"]
    assert [one["video"]["state"] for one in told] == ["private", "private", "published", "published"]
    assert (await tell(server, platform, "v-3", told_at=ahead))["state"] == "private", "older, though it is sent again"


@pytest.mark.parametrize("state", ["private", "age_restricted", "deleted"])
async def test_a_video_can_be_hidden_whatever_became_of_its_owner_and_its_media(
    state: str, platform: Platform, server: httpx2.AsyncClient
) -> None:
    await tell(server, platform)
    taken = {"people": [{"subject": "cleo", "roles": []}]}
    assert (await server.post("/v1/people:batch", json=taken)).status_code == 200
    gone, elsewhere = facts(platform, external_id="v-1", state=state), "https://elsewhere.example/a.webp"
    if state == "age_restricted":  # its cover is shown still
        put = facts(platform, state=state, cover_url=elsewhere)
        assert (await server.put(f"{PATH}v-1", json=put)).json()["code"] == "media_origin_not_allowed"
    else:
        gone["cover_url"] = elsewhere
    told = (await server.post("/v1/videos:batch", json={"videos": [gone]})).json()["items"]
    assert told[0]["video"]["state"] == state
    assert (await server.put(f"{PATH}v-1", json=facts(platform))).json()["code"] == "not_a_creator"


async def test_videos_are_their_platforms_own(platform: Platform, server: httpx2.AsyncClient) -> None:
    told = await tell(server, platform)
    owner = await connect(owner_of(platform.database_url))
    try:
        terms = IssuerTerms(audience="plaudit", jwks='{"keys": []}')
        await add_issuer(owner, "https://other.example", terms, platform.clock)
        _, secret = await people.create_api_key(owner, "other", "https://other.example", platform.clock)
    finally:
        await owner.close()
    other = await platform.client(secret)
    assert (await other.get("/v1/videos")).json()["items"] == []
    for call in (other.get(f"{PATH}v-1"), other.delete(f"{PATH}v-1")):
        assert (await call).json()["code"] == "video_unknown"
    assert (await other.put(f"{PATH}v-1", json=facts(platform))).json()["code"] == "person_unknown"
    await other.put("/v1/people/cleo", json={"roles": ["creator"]})
    assert (await tell(other, platform, title="Another"))["id"] != told["id"]
    assert (await server.get(f"{PATH}v-1")).json() == told


async def test_only_servers_tell_and_only_creators_switch(platform: Platform, server: httpx2.AsyncClient) -> None:
    told = await tell(server, platform)
    cleo, ada = await platform.creator("cleo"), await platform.viewer("ada")
    for call in (
        cleo.put(f"{PATH}v-1", json=facts(platform)),
        cleo.delete(f"{PATH}v-1"),
        cleo.get("/v1/videos"),
        ada.get("/v1/creators/me/videos"),
        ada.put("/v1/creators/me/video-gifts", json={"enabled": True}),
        ada.put(f"/v1/creators/me/videos/{told['id']}/gifts", json={"enabled": True}),
    ):
        assert (await call).json()["code"] == "role_missing"


REASONS: list[tuple[dict[str, Any], str | None, int]] = [
    ({}, None, 200),
    ({"state": "unlisted"}, "video_private", 403),
    ({"state": "private"}, "video_private", 403),
    ({"state": "age_restricted"}, "video_for_adults", 403),
    ({"state": "deleted"}, "video_deleted", 410),
    ({"published_at": "2026-03-14T15:09:27Z"}, "video_private", 403),
    ({"state": "unlisted", "published_at": "2026-03-14T15:09:27Z"}, "video_private", 403),
    ({"published_at": "2026-03-14T15:09:26Z"}, "video_too_new", 200),
    ({"published_at": "2026-03-14T15:08:27Z"}, "video_too_new", 200),
    ({"published_at": "2026-03-14T15:08:26Z"}, None, 200),
    ({"music_restricted": True}, "video_music_restricted", 200),
    ({"territories_allowed": ["DE"]}, "territory_not_allowed", 200),
    ({"territories_allowed": ["GB", "US"]}, None, 200),
    ({"territories_blocked": ["GB"]}, "territory_not_allowed", 200),
]


async def test_what_may_be_given_on_a_video(platform: Platform, server: httpx2.AsyncClient) -> None:
    await server.put("/v1/people/ada", json={"country": "GB"})
    ada = await platform.viewer("ada")
    for change, expected, shown in REASONS:
        video = await tell(server, platform, **change)
        assert await reason(ada, video) == expected, change
        answer = await ada.get(f"/v1/videos/{video['id']}")
        assert answer.status_code == shown, change
        if shown != 200:
            assert answer.json()["code"] == expected
            assert "Sixty" not in answer.text


AT_ADDRESSES = ("", "/catalogue", "/timeline", "/givers", "/frames", "/events")


async def addresses_answer(client: httpx2.AsyncClient, video: dict[str, Any]) -> set[int]:
    """With what each address of a video is answered."""
    api = [f"/v1/videos/{video['id']}{rest}" for rest in AT_ADDRESSES]
    answers = set()
    for address in (*api, f"/videos/{video['id']}"):
        async with client.stream("GET", address) as answer:
            answers.add(answer.status_code)
    return answers


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 200),
        ({"state": "private"}, 403),
        ({"published_at": "2026-03-14T15:09:27Z"}, 403),
        ({"state": "deleted"}, 410),
    ],
)
async def test_all_addresses_of_a_video_answer_alike(
    change: dict[str, Any], status: int, platform: Platform, server: httpx2.AsyncClient
) -> None:
    video, guest = await tell(server, platform, **change), await platform.client()
    assert await addresses_answer(guest, video) == {status}
    assert ("Sixty" in (await guest.get("/videos")).text) == (status == 200)
    async with platform.house.database.read() as connection:
        shown = [(int(video["id"]), "published")]
        over = await reading.no_longer_shown(connection, shown, platform.clock.now())
    assert over == (shown if status != 200 else [])


async def test_videos_of_a_platform_that_is_no_longer_accepted_are_private(
    platform: Platform, server: httpx2.AsyncClient
) -> None:
    video, guest = await tell(server, platform), await platform.client()
    owner = await connect(owner_of(platform.database_url))
    try:
        for active, status in ((False, 403), (True, 200)):
            await set_issuer_active(owner, ISSUER, active=active)
            assert await addresses_answer(guest, video) == {status}
            assert ("Sixty" in (await guest.get("/videos")).text) == active
            shown = [(int(video["id"]), "published")]
            over = await reading.no_longer_shown(owner, shown, platform.clock.now())
            assert over == ([] if active else shown)
    finally:
        await owner.close()


async def test_gifts_on_videos_lie_in_a_band(platform: Platform, server: httpx2.AsyncClient) -> None:
    video, ada = await tell(server, platform), await platform.viewer("ada")
    everything = (await ada.get("/v1/catalogue")).json()
    offered = (await ada.get(f"/v1/videos/{video['id']}/catalogue")).json()
    assert offered["items"] == [item for item in everything["items"] if 5 <= item["coins"] <= 3_000]
    assert 0 < len(offered["items"]) < len(everything["items"])
    assert (offered["version"], offered["per_coin"]) == (everything["version"], everything["per_coin"])
    assert (await ada.get("/v1/videos/999999/catalogue")).json()["code"] == "video_unknown"


async def test_who_gives_and_who_receives_may_be_refused(platform: Platform, server: httpx2.AsyncClient) -> None:
    video, cleo = await tell(server, platform), await platform.creator("cleo")
    guest, ada = await platform.client(), await platform.viewer("ada")
    assert await reason(guest, video) is None
    assert await reason(cleo, video) == "own_video"
    await server.put("/v1/people/ada", json={"country": "KP"})
    assert await reason(ada, video) == "giver_country_refused"
    await server.put("/v1/people/cleo", json={"country": "KP"})
    assert await reason(guest, video) == "owner_country_refused"
    await server.put("/v1/people/cleo", json={"country": "GB", "roles": ["viewer"]})
    assert await reason(guest, video) == "owner_not_a_creator"
    refused = await server.put(f"{PATH}v-1", json=facts(platform))
    assert (refused.status_code, refused.json()["code"]) == (422, "not_a_creator")
    assert (await server.delete(f"{PATH}v-1")).json()["state"] == "deleted"


async def test_a_creator_switches_all_videos_and_single_ones(platform: Platform, server: httpx2.AsyncClient) -> None:
    cleo, otto, guest = await platform.creator("cleo"), await platform.creator("otto"), await platform.client()
    first, second = await tell(server, platform, "v-1"), await tell(server, platform, "v-2")
    path = f"/v1/creators/me/videos/{first['id']}/gifts"
    for _ in range(2):
        switched = (await cleo.put(path, json={"enabled": False})).json()
        assert (switched["gifts_enabled"], switched["reason"]) == (False, "video_gifts_off")
    assert [await reason(guest, video) for video in (first, second)] == ["video_gifts_off", None]
    for _ in range(2):
        await cleo.put("/v1/creators/me/video-gifts", json={"enabled": False})
    assert [await reason(guest, video) for video in (first, second)] == ["video_gifts_off"] * 2
    mine = (await cleo.get("/v1/creators/me/videos")).json()
    assert mine["gifts_enabled"] is False
    assert [(one["id"], one["gifts_enabled"]) for one in mine["items"]] == [(second["id"], True), (first["id"], False)]
    await cleo.put("/v1/creators/me/video-gifts", json={"enabled": True})
    assert [await reason(guest, video) for video in (first, second)] == ["video_gifts_off", None]
    assert (await otto.put(path, json={"enabled": True})).json()["code"] == "not_your_video"
    unknown = await cleo.put("/v1/creators/me/videos/999999/gifts", json={"enabled": True})
    assert unknown.json()["code"] == "video_unknown"
    await cleo.put(path, json={"enabled": True})
    assert await reason(guest, first) is None
    await server.delete(f"{PATH}v-1")
    assert (await cleo.put(path, json={"enabled": True})).json()["code"] == "video_deleted"


async def test_who_gets_a_video_from_another_decides_anew(platform: Platform, server: httpx2.AsyncClient) -> None:
    guest, cleo = await platform.client(), await platform.creator("cleo")
    video = await tell(server, platform)
    await cleo.put(f"/v1/creators/me/videos/{video['id']}/gifts", json={"enabled": False})
    await tell(server, platform, owner_subject="otto")
    assert await reason(guest, video) is None
    assert (await cleo.get("/v1/creators/me/videos")).json()["items"] == []
    await tell(server, platform)
    assert await reason(guest, video) == "video_gifts_off"


async def test_a_creator_reads_her_videos_by_pages(platform: Platform, server: httpx2.AsyncClient) -> None:
    cleo = await platform.creator("cleo")
    told = [await tell(server, platform, f"v-{number}") for number in range(5)]
    await tell(server, platform, "v-9", owner_subject="otto")
    await server.delete(f"{PATH}v-2")
    first = (await cleo.get("/v1/creators/me/videos?limit=3")).json()
    second = (await cleo.get(f"/v1/creators/me/videos?limit=3&cursor={first['next']}")).json()
    found = [one["id"] for page in (first, second) for one in page["items"]]
    assert found == [one["id"] for number, one in reversed(list(enumerate(told))) if number != 2]
    assert second["next"] is None


async def test_a_creator_thanks_for_gifts_on_videos(platform: Platform, server: httpx2.AsyncClient) -> None:
    """Also for those of a time when the video was theirs, and for those that lie in another shard than the creator."""
    cleo, otto, ada = await platform.creator("cleo"), await platform.creator("otto"), await platform.viewer("ada", 10)
    video = await tell(server, platform)
    first = await give(platform, ada, cleo, video, 42_000, message="The roof at dawn!")
    second = await give(platform, ada, cleo, video, 7_000)
    await tell(server, platform, owner_subject="otto")
    third = await give(platform, ada, otto, video, 0)
    assert third.shares, "it is shown in another shard than its creator's"
    path = f"/v1/creators/me/videos/{video['id']}/received-gifts"

    async def received(creator: httpx2.AsyncClient, query: str = "") -> list[str]:
        return [one["id"] for one in (await creator.get(path + query)).json()["items"]]

    page = (await cleo.get(f"{path}?limit=1")).json()
    assert [one["id"] for one in page["items"]] == [str(second.id)]
    (gift,) = (await cleo.get(f"{path}?cursor={page['next']}")).json()["items"]
    assert (gift["id"], gift["video_id"], gift["room_id"]) == (str(first.id), video["id"], None)
    assert (gift["position_ms"], gift["message"], gift["sender"]["name"]) == (42_000, "The roof at dawn!", "ada")
    assert await received(otto) == [str(third.id)]
    for creator, mine, other in ((cleo, first, third), (otto, third, first)):
        body = {"gifts": [{"viewer_id": str(mine.viewer_id), "id": str(mine.id)}]}
        assert (await creator.post("/v1/creators/me/gifts/thank", json=body)).status_code == 204
        assert await received(creator, "?thanked=true") == [str(mine.id)]
        foreign = {"gifts": [{"viewer_id": str(other.viewer_id), "id": str(other.id)}]}
        assert (await creator.post("/v1/creators/me/gifts/thank", json=foreign)).status_code == 404
    assert await received(cleo, "?thanked=false") == [str(second.id)]
    await server.delete(f"{PATH}v-1")
    assert len(await received(cleo)) == 2
    assert (await cleo.get("/v1/creators/me/videos/987654/received-gifts")).json()["code"] == "video_unknown"
    assert (await ada.get(path)).status_code == 403
