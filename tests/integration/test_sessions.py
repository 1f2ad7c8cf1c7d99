"""Sessions of the pages: begun by a token, ended by whoever has them or by time, and what is open ends with them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed

from plaudit.clock import ManualClock
from plaudit.connections import OwnConnection
from plaudit.limits import CALLER_CACHE_S, SESSION_HOURS_MAX, WAY_IN_CHECK_S
from plaudit.live import socket_watch
from plaudit.people import roles
from plaudit.people.jobs import people_jobs
from plaudit.people.model import Role
from plaudit.settings import Settings
from tests.support.desk import ORIGIN, Desk, open_desk
from tests.support.live import Platform, Screen, open_platform
from tests.support.waiting import WAIT_S

SECURE = "https://plaudit.test"


async def browser_of(desk: Desk, subject: str, *roles_said: Role) -> httpx2.AsyncClient:
    """Somebody signed in by a cookie, on pages of ours."""
    browser = await desk.client({"Origin": ORIGIN})
    token = desk.token(subject, *roles_said)
    started = await browser.post("/v1/session", headers={"Authorization": f"Bearer {token}"})
    assert started.status_code == 201, started.text
    return browser


class TestBegun:
    async def test_the_cookie_has_a_secret_and_no_token(self, desk: Desk, owner_connection: OwnConnection) -> None:
        browser, token = await desk.client(), desk.token("ada")
        started = await browser.post("/v1/session", headers={"Authorization": f"Bearer {token}"})
        cookie = started.headers["set-cookie"]
        assert cookie.startswith("plaudit_session=pls_")
        assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
        assert token not in cookie
        assert (await browser.get("/v1/me")).json()["subject"] == "ada"
        assert started.json()["person_id"] == (await browser.get("/v1/me")).json()["id"]
        kept = repr(dict(await owner_connection.fetchrow("select * from session") or {}))
        assert cookie.partition("=")[2].partition(";")[0] not in kept

    async def test_it_ends_no_later_than_its_token(self, desk: Desk, clock: ManualClock) -> None:
        token = desk.issuer.mint("ada", [Role.VIEWER], clock, lifetime=timedelta(minutes=5))
        browser = await desk.client()
        started = await browser.post("/v1/session", headers={"Authorization": f"Bearer {token}"})
        assert datetime.fromisoformat(started.json()["expires_at"]) == clock.now() + timedelta(minutes=5)
        assert "Max-Age=300" in started.headers["set-cookie"]
        clock.advance(timedelta(minutes=5))
        assert (await browser.get("/v1/me")).status_code == 401

    async def test_no_session_is_endless(self, database_url: str, clock: ManualClock) -> None:
        year = timedelta(days=365)
        settings = Settings(public_url=ORIGIN, token_life_max_s=int(year.total_seconds()))
        async with open_desk(database_url, clock, settings) as desk:
            token = desk.issuer.mint("ada", [Role.VIEWER], clock, lifetime=year)
            started = await (await desk.client()).post("/v1/session", headers={"Authorization": f"Bearer {token}"})
            ends = datetime.fromisoformat(started.json()["expires_at"])
            assert ends == clock.now() + timedelta(hours=SESSION_HOURS_MAX)

    async def test_neither_a_server_nor_a_session_begins_one(self, desk: Desk) -> None:
        key = {"Authorization": f"Bearer {await desk.server_key()}", "Plaudit-Subject": "ada"}
        for somebody, code in ((await desk.client(key), "scope_missing"), (await browser_of(desk, "ada"), "forbidden")):
            assert (await somebody.post("/v1/session")).json()["code"] == code

    async def test_by_https_it_is_secure_and_no_other_host_can_set_it(
        self, database_url: str, clock: ManualClock
    ) -> None:
        async with open_desk(database_url, clock, Settings(public_url=SECURE)) as desk:
            headers = {"Authorization": f"Bearer {desk.token('ada')}"}
            cookie = (await (await desk.client()).post("/v1/session", headers=headers)).headers["set-cookie"]
            assert cookie.startswith("__Host-plaudit_session=")
            assert "Secure" in cookie.split("; ")
            pair, plain = cookie.partition(";")[0], cookie.partition(";")[0].removeprefix("__Host-")
            assert (await (await desk.client({"Cookie": pair})).get("/v1/me")).status_code == 200
            assert (await (await desk.client({"Cookie": plain})).get("/v1/me")).status_code == 401

    async def test_a_role_given_here_is_taken_from_sessions_too(
        self, desk: Desk, owner_connection: OwnConnection, clock: ManualClock
    ) -> None:
        ada = await desk.person_id("ada")
        await roles.grant_role(owner_connection, ada, Role.CREATOR, clock)
        browser = await browser_of(desk, "ada")
        assert (await browser.get("/v1/me")).json()["roles"] == ["creator", "viewer"]
        await roles.take_role(owner_connection, ada, Role.CREATOR, clock, by=None)
        clock.advance(timedelta(seconds=WAY_IN_CHECK_S))
        assert (await browser.get("/v1/me")).json()["roles"] == ["viewer"]


class TestEnded:
    async def test_it_ends_everywhere(self, desk: Desk) -> None:
        browser = await browser_of(desk, "ada")
        stolen = await desk.client({"Cookie": f"plaudit_session={browser.cookies['plaudit_session']}"})
        assert (await stolen.get("/v1/me")).status_code == 200
        assert (await browser.delete("/v1/session")).status_code == 204
        assert "plaudit_session" not in browser.cookies
        assert (await stolen.get("/v1/me")).status_code == 401
        assert (await browser.delete("/v1/session")).status_code == 204

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({"Origin": ORIGIN}, 204),
            ({"Sec-Fetch-Site": "same-origin"}, 204),
            ({"Origin": "https://evil.example"}, 403),
            ({"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN}, 403),
            ({"Sec-Fetch-Site": "same-site"}, 403),
            ({"Origin": "null"}, 403),
            ({}, 403),
        ],
    )
    async def test_a_page_of_another_site_cannot_use_it(self, desk: Desk, headers: dict[str, str], status: int) -> None:
        secret = (await browser_of(desk, "ada")).cookies["plaudit_session"]
        browser = await desk.client({"Cookie": f"other=1; plaudit_session={secret}"})
        answer = await browser.delete("/v1/session", headers=headers)
        assert answer.status_code == status
        if status == 403:
            assert answer.json()["code"] == "foreign_origin"

    async def test_an_old_cookie_makes_a_guest_of_who_only_looks(self, desk: Desk) -> None:
        for old in ("old.and.spoilt", "pls_nobody", desk.token("ada") + "x"):
            browser = await desk.client({"Cookie": f"plaudit_session={old}"})
            assert (await browser.get("/health")).status_code == 200
            assert (await browser.get("/v1/me")).json()["code"] == "unauthenticated"


class TestSeen:
    async def test_somebody_sees_where_they_are_signed_in_and_ends_it(self, desk: Desk, clock: ManualClock) -> None:
        phone, laptop = await browser_of(desk, "ada"), await browser_of(desk, "ada")
        stranger = await browser_of(desk, "bob")
        assert (await phone.get("/v1/me")).status_code == 200
        jobs = people_jobs(desk.house.database, desk.house.doorkeeper)
        await next(job for job in jobs if job.name.startswith("use of keys")).run()
        listed = (await phone.get("/v1/me/sessions")).json()["items"]
        assert [one["is_this"] for one in listed] == [False, True]
        assert {(one["device"] is None, one["network"], one["by_platform"]) for one in listed} == {
            (False, "127.0.0.0/24", False)
        }
        assert [one["last_used_at"] is not None for one in listed] == [False, True]
        assert (await stranger.delete(f"/v1/me/sessions/{listed[0]['id']}")).status_code == 404
        assert (await laptop.get("/v1/me")).status_code == 200
        assert (await phone.delete(f"/v1/me/sessions/{listed[0]['id']}")).status_code == 204
        assert (await laptop.get("/v1/me")).status_code == 401
        tablet = await browser_of(desk, "ada")
        assert (await phone.delete("/v1/me/sessions")).status_code == 204
        assert [(await one.get("/v1/me")).status_code for one in (phone, tablet, stranger)] == [200, 401, 200]

    async def test_the_page_lists_them_and_signs_out_elsewhere(self, desk: Desk) -> None:
        phone, laptop, tablet = [await browser_of(desk, "ada") for _ in range(3)]
        page = (await phone.get("/people", headers={"Accept": "text/html"})).text
        assert (page.count(">This browser<"), page.count("Sign out there")) == (1, 2)
        other = page.partition('name="session" value="')[2].partition('"')[0]
        assert (await phone.post("/people/sessions", data={"session": other})).status_code == 303
        assert sorted([(await one.get("/v1/me")).status_code for one in (laptop, tablet)]) == [200, 401]
        assert (await phone.post("/people/sessions", data={"all": "yes"})).status_code == 303
        assert [(await one.get("/v1/me")).status_code for one in (phone, laptop, tablet)] == [200, 401, 401]

    async def test_an_operator_signs_somebody_out_everywhere(self, desk: Desk) -> None:
        phone, ada = await browser_of(desk, "ada"), await desk.person_id("ada")
        olga = await desk.person("olga", Role.VIEWER, Role.OPERATOR)
        assert len((await olga.get(f"/v1/operator/people/{ada}/sessions")).json()["items"]) == 1
        assert (await phone.get(f"/v1/operator/people/{ada}/sessions")).status_code == 403
        assert (await olga.delete(f"/v1/operator/people/{ada}/sessions")).status_code == 204
        assert (await phone.get("/v1/me")).status_code == 401


class TestDemoted:
    async def test_an_older_token_says_nothing_once_the_platform_has_said_less(
        self, desk: Desk, clock: ManualClock
    ) -> None:
        before = await desk.person("olga", Role.VIEWER, Role.OPERATOR)
        assert (await before.get("/v1/operator/keys")).status_code == 200
        browser = await browser_of(desk, "olga", Role.VIEWER, Role.OPERATOR)
        clock.advance(timedelta(seconds=1))
        assert (await (await desk.person("olga", Role.VIEWER)).get("/v1/me")).json()["roles"] == ["viewer"]
        clock.advance(timedelta(seconds=CALLER_CACHE_S))
        assert (await before.get("/v1/operator/keys")).json()["code"] == "role_missing"
        assert (await browser.get("/v1/operator/keys")).json()["code"] == "role_missing"

    async def test_a_token_that_is_good_for_years_is_refused(self, desk: Desk, clock: ManualClock) -> None:
        for days, status in ((1, 200), (2, 401), (3_650, 401)):
            token = desk.issuer.mint("ada", [Role.VIEWER], clock, lifetime=timedelta(days=days))
            answer = await (await desk.client({"Authorization": f"Bearer {token}"})).get("/v1/me")
            assert answer.status_code == status
            assert status == 200 or "PLAUDIT_TOKEN_LIFE_MAX_S" in answer.json()["reason"]


class TestOpenRooms:
    @pytest.fixture(autouse=True)
    def unasked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nobody asks the database what has ended: it tells."""
        monkeypatch.setattr(socket_watch, "WAY_IN_CHECK_S", 1_000_000)

    @pytest.fixture
    async def platform(self, database_url: str, clock: ManualClock) -> AsyncIterator[Platform]:
        async with open_platform(database_url, clock) as opened:
            yield opened

    @asynccontextmanager
    async def room_of(self, platform: Platform, token: str) -> AsyncIterator[tuple[httpx2.AsyncClient, Screen]]:
        """Somebody with ten coins who watches a room by a session of their token; they have given one."""
        ada = await platform.client(token)
        await platform.fund(await platform.person_id(ada), 10)
        room_id = await platform.live_room(await platform.creator("cleo"))
        started = await ada.post("/v1/session")
        secret = started.headers["set-cookie"].partition("=")[2].partition(";")[0]
        async with platform.screen(room_id, secret) as screen:
            assert (await screen.next_of("hello"))["viewer"]["name"] == "ada"
            assert (await screen.gift())["ok"] is True
            yield ada, screen

    async def closed(self, screen: Screen) -> tuple[int, str]:
        with pytest.raises(ConnectionClosed) as closing:
            await screen.next(lambda _: False)
        assert closing.value.rcvd is not None
        return closing.value.rcvd.code, closing.value.rcvd.reason

    async def test_nothing_is_spent_after_the_end(self, platform: Platform, clock: ManualClock) -> None:
        token = platform.issuer.mint("ada", [Role.VIEWER], clock, lifetime=timedelta(seconds=8))
        async with self.room_of(platform, token) as (ada, screen):
            clock.advance(timedelta(seconds=8))
            assert (await screen.gift())["problem"]["code"] == "unauthenticated"
            assert await self.closed(screen) == (4401, "signed_out")
            assert (await ada.get("/v1/wallet")).json()["coins"] == 9

    async def test_a_token_ends_as_a_session_does(self, platform: Platform, clock: ManualClock) -> None:
        token = platform.issuer.mint("ada", [Role.VIEWER], clock, lifetime=timedelta(seconds=8))
        room_id = await platform.live_room(await platform.creator("cleo"))
        async with platform.screen(room_id, token) as screen:
            await screen.next_of("hello")
            clock.advance(timedelta(seconds=15))
            assert (await screen.gift())["problem"]["code"] == "unauthenticated"
            assert await self.closed(screen) == (4401, "signed_out")

    async def test_who_says_nothing_is_let_go_too(self, platform: Platform, clock: ManualClock) -> None:
        token = platform.issuer.mint("ada", [Role.VIEWER], clock, lifetime=timedelta(seconds=8))
        async with self.room_of(platform, token) as (_, screen):
            clock.advance(timedelta(seconds=8))
            assert await self.closed(screen) == (4401, "signed_out")

    async def test_signing_out_closes_what_is_open(self, platform: Platform) -> None:
        async with self.room_of(platform, platform.token("ada")) as (ada, screen):
            await ada.delete("/v1/session", headers={"Authorization": f"Bearer {secret_of(ada)}"})
            assert await self.closed(screen) == (4401, "signed_out")

    async def test_what_is_ended_elsewhere_ends_here_soon(
        self, platform: Platform, owner_connection: OwnConnection
    ) -> None:
        async with self.room_of(platform, platform.token("ada")) as (_, screen):
            await owner_connection.execute("update session set ended_at = created_at")
            assert await self.closed(screen) == (4401, "signed_out")

    async def test_whatever_ends_closes_what_is_open_of_it_at_once(
        self, platform: Platform, owner_connection: OwnConnection, clock: ManualClock
    ) -> None:
        """By SQL, as of another process: sockets and streams of a key, of a role, of a platform."""
        room_id = await platform.live_room(await platform.creator("cleo"))
        secret = (await platform.server()).headers["authorization"].removeprefix("Bearer ")
        ada = await platform.client(platform.token("ada"))
        ada_id = await platform.person_id(ada)
        await roles.grant_role(owner_connection, ada_id, Role.CREATOR, clock)
        async with (
            platform.screen(room_id, secret) as by_key,
            platform.screen(room_id, platform.token("ada")) as by_role,
            platform.screen(room_id, platform.token("bob")) as by_token,
            ada.stream("GET", f"/v1/rooms/{room_id}/events") as stream,
        ):
            for screen in (by_key, by_role, by_token):
                await screen.next_of("hello")
            lines = stream.aiter_lines()
            assert await anext(lines)
            await owner_connection.execute("update api_key set revoked_at = now()")
            assert await self.closed(by_key) == (4401, "signed_out")
            await roles.take_role(owner_connection, ada_id, Role.CREATOR, clock, by=None)
            assert await self.closed(by_role) == (4401, "signed_out")
            async with asyncio.timeout(WAIT_S):
                assert [line async for line in lines], "the stream ends"
            await owner_connection.execute("update issuer set active = false")
            assert await self.closed(by_token) == (4401, "signed_out")


class TestUntold:
    async def test_what_the_database_could_not_tell_is_asked_for(
        self, database_url: str, clock: ManualClock, owner_connection: OwnConnection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(socket_watch, "WAY_IN_CHECK_S", 1)
        await owner_connection.execute("alter table api_key disable trigger user")
        async with open_platform(database_url, clock) as platform:
            room_id = await platform.live_room(await platform.creator("cleo"))
            secret = (await platform.server()).headers["authorization"].removeprefix("Bearer ")
            async with platform.screen(room_id, secret) as by_key:
                await by_key.next_of("hello")
                await owner_connection.execute("update api_key set revoked_at = now()")
                with pytest.raises(ConnectionClosed) as closing:
                    await by_key.next(lambda _: False)
                assert closing.value.rcvd is not None
                assert closing.value.rcvd.code == 4401


def secret_of(client: httpx2.AsyncClient) -> str:
    """The secret in the cookie a client was given."""
    return client.cookies["plaudit_session"]
