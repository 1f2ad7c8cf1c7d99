"""Who sees what of a video: by its state, by who asks, at each of its addresses."""

import re
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import asyncpg
import httpx2
import pytest

from plaudit.clock import ManualClock
from plaudit.connections import connect
from plaudit.creators.totals import actions as totals
from plaudit.ledger.following import follow
from plaudit.people import actions as people
from plaudit.people.development import ISSUER
from plaudit.people.issuers import IssuerTerms, add_issuer
from plaudit.people.model import Role
from plaudit.rules.facts import years_between
from plaudit.videos.given import actions as given
from tests.support.databases import owner_of
from tests.support.live import Platform
from tests.support.videos import MEDIA, give, open_videos, tell

API = ("", "/catalogue", "/timeline", "/givers", "/frames", "/events")
SECRETS = ("Sixty rooftops", f"{MEDIA}/v-1", "The roof at dawn!", "Gus")
"""What a video says and shows, and who gave on it."""

EVERYBODY = {
    "guest", "guest with its key", "guest with another key", "stranger", "minor", "adult", "giver", "owner",
    "owner before", "operator", "server", "server for a minor", "server of others",
}  # fmt: skip
ALIKE = {"guest", "giver", "owner", "operator", "server"}
"""As good as everybody, where nobody's part matters."""
SEE: dict[str, set[str]] = {
    "published": ALIKE,
    "unlisted": {"guest with its key", "giver", "owner", "operator", "server", "server for a minor"},
    "age_restricted": {"adult", "owner", "operator", "server"},
    "private": set(),
    "deleted": set(),
}
REFUSED = {"unlisted": (403, "video_private"), "age_restricted": (403, "video_for_adults")} | {
    "private": (403, "video_private"),
    "deleted": (410, "video_deleted"),
}


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


async def say(server: httpx2.AsyncClient, platform: Platform, **more: Any) -> dict[str, Any]:
    """Tell of the one video, with all that there is to see."""
    return await tell(server, platform, cover_url=f"{MEDIA}/v-1.webp", hls_url=f"{MEDIA}/v-1.m3u8", **more)


async def readers(
    platform: Platform, server: httpx2.AsyncClient, video: dict[str, Any]
) -> dict[str, tuple[httpx2.AsyncClient, str | None]]:
    """Everybody, each with the key they show."""
    born = [{"subject": "adult", "born_on": "2008-03-14"}, {"subject": "minor", "born_on": "2008-03-15"}]
    assert (await server.post("/v1/people:batch", json={"people": born})).status_code == 200
    connection = await connect(owner_of(platform.database_url))
    try:
        await add_issuer(
            connection, "https://other.example", IssuerTerms(audience="plaudit", jwks='{"keys": []}'), platform.clock
        )
        _, others = await people.create_api_key(connection, "others", "https://other.example", platform.clock)
        _, host = await people.create_api_key(connection, "of people", ISSUER, platform.clock)
    finally:
        await connection.close()
    for_minor = await platform.client(host)
    for_minor.headers["Plaudit-Subject"] = "minor"
    keyless = {
        "guest": await platform.client(),
        "stranger": await platform.viewer("stranger"),
        "minor": await platform.viewer("minor"),
        "adult": await platform.viewer("adult"),
        "giver": await platform.viewer("gus"),
        "owner": await platform.creator("cleo"),
        "owner before": await platform.creator("otto"),
        "operator": await platform.client(platform.token("olga", Role.OPERATOR)),
        "server": server,
        "server for a minor": for_minor,
        "server of others": await platform.client(others),
    }
    return {name: (client, None) for name, client in keyless.items()} | {
        "guest with its key": (await platform.client(), video["key"]),
        "guest with another key": (await platform.client(), "0" * 32),
    }


async def given_on(platform: Platform, server: httpx2.AsyncClient) -> dict[str, Any]:
    """A video that was Otto's, then Cleo's, on which Gus gave."""
    await say(server, platform, owner_subject="otto")
    video, cleo = await say(server, platform), await platform.creator("cleo")
    await server.put("/v1/people/gus", json={"name": "Gus"})
    await give(platform, await platform.viewer("gus", 100), cleo, video, 42_000, message="The roof at dawn!")
    await follow(platform.house.database, given.FOLLOWER, given.add_entries, given.videos_among)
    return video


async def looked(client: httpx2.AsyncClient, path: str, key: str | None) -> tuple[int, str]:
    """With what an address answers, and what it says; of a stream, its beginning."""
    headers = {} if path.startswith("/v1/") else {"Accept": "text/html"}
    asked = {} if key is None else {"key": key}
    async with client.stream("GET", path, params=asked, headers=headers, follow_redirects=True) as answer:
        if answer.headers["content-type"].startswith("text/event-stream"):
            return answer.status_code, ""
        return answer.status_code, (await answer.aread()).decode()


async def test_who_sees_what_of_a_video(platform: Platform, server: httpx2.AsyncClient) -> None:
    video = await given_on(platform, server)
    everybody = await readers(platform, server, video)
    assert set(everybody) == EVERYBODY
    for state, those in SEE.items():
        assert (await say(server, platform, state=state))["state"] == state
        shown = set[str]()
        for name in EVERYBODY if state in {"unlisted", "age_restricted"} else ALIKE:
            client, key = everybody[name]
            hidden = SECRETS if key == video["key"] else (*SECRETS, video["key"])
            for path in (*(f"/v1/videos/{video['id']}{rest}" for rest in API), f"/videos/{video['id']}"):
                status, text = await looked(client, path, key)
                where = (state, name, path)
                if name in those:
                    assert status == 200, where
                    shown |= {one for one in SECRETS if one in text}
                else:
                    assert status == REFUSED[state][0], where
                    assert [one for one in hidden if one in text] == [], where
                    assert not path.startswith("/v1/") or f'"{REFUSED[state][1]}"' in text, where
        assert shown == (set(SECRETS) if those else set()), "what is looked for is there to be seen"
        for name in ("guest", "owner"):
            listed = (await everybody[name][0].get("/videos")).text
            assert ("Sixty rooftops" in listed) == (state == "published")


async def test_an_unlisted_video_has_an_address_that_cannot_be_guessed(
    platform: Platform, server: httpx2.AsyncClient
) -> None:
    video, second = await say(server, platform, state="unlisted"), await tell(server, platform, "v-2", state="unlisted")
    assert re.fullmatch(r"[0-9a-f]{32}", video["key"])
    assert video["key"] != second["key"]
    path = f"/videos/{video['id']}"
    assert video["page_path"] == f"{path}?key={video['key']}"
    assert (await say(server, platform))["page_path"] == path
    assert (await say(server, platform, state="unlisted")) | {"told_at": ""} == video | {"told_at": ""}
    cleo, guest = await platform.creator("cleo"), await platform.client()
    mine = {one["id"]: one for one in (await cleo.get("/v1/creators/me/videos")).json()["items"]}
    assert mine[video["id"]]["page_path"] == video["page_path"]
    for desk in ("/studio/videos", f"/studio{path}"):
        assert f'href="{video["page_path"]}"' in (await cleo.get(desk)).text

    led = await cleo.get(f"{path}?t=42&key=wrong&lang=de")
    assert (led.status_code, led.headers["location"]) == (303, f"{video['page_path']}&t=42&lang=de")
    page = await guest.get(video["page_path"])
    assert page.headers["referrer-policy"] == "strict-origin"
    assert '<meta name="robots" content="noindex">' in page.text
    assert f'"key": "{video["key"]}"' in page.text
    assert f"key={video['key']}" in re.findall(r'href="(/sign-in[^"]*)"', page.text)[0].replace("%3D", "=")
    await say(server, platform)
    page = await guest.get(video["page_path"])
    assert ("noindex" in page.text, '"key": ""' in page.text) == (False, True)
    everything = [(await guest.get(f"/v1/videos/{video['id']}{rest}")).text for rest in API[:-1]]
    assert [one for one in everything if video["key"] in one] == []


async def test_a_key_is_of_one_form_and_for_ever(platform: Platform, server: httpx2.AsyncClient) -> None:
    video = await tell(server, platform)
    owner, application = await connect(owner_of(platform.database_url)), await connect(platform.database_url)
    try:
        for key in ("", "g" * 32, "A" * 32, "0" * 31, "0" * 33, "0" * 32 + "\n", None):
            with pytest.raises((asyncpg.CheckViolationError, asyncpg.NotNullViolationError)):
                await owner.execute("update video set key = $2 where id = $1", int(video["id"]), key)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await application.execute("update video set key = $2 where id = $1", int(video["id"]), "0" * 32)
    finally:
        await owner.close()
        await application.close()


async def test_who_was_a_videos_owner_is_not_led_to_what_they_may_not_see(
    platform: Platform, server: httpx2.AsyncClient
) -> None:
    otto = await platform.creator("otto")
    video = await tell(server, platform, owner_subject="otto", state="unlisted")
    await give(platform, await platform.viewer("gus", 100), otto, video, 1_000)
    await follow(platform.house.database, totals.FOLLOWER, totals.add_entries)
    address, desk = f"/videos/{video['id']}", f"/studio/videos/{video['id']}"
    assert f'href="{video["page_path"]}"' in (await otto.get(desk)).text
    await tell(server, platform, state="unlisted")
    for path in (desk, "/studio/videos", "/studio/totals"):
        answer = await otto.get(path)
        assert (answer.status_code, "Sixty rooftops" in answer.text) == (200, True), path
        assert [one for one in (video["key"], f'"{address}') if one in answer.text] == [], path
    await tell(server, platform)
    assert f'href="{address}"' in (await otto.get(desk)).text


@pytest.mark.parametrize(
    ("day", "years"), [("2026-02-27", 17), ("2026-02-28", 17), ("2026-03-01", 18), ("2028-02-29", 20)]
)
def test_a_year_is_full_on_the_day_of_birth(day: str, years: int) -> None:
    assert years_between(date(2008, 2, 29), date.fromisoformat(day)) == years
