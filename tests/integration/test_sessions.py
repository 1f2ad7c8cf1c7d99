"""Sessions of the pages: begun by a token, ended by whoever has them or by time, and what is open ends with them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed

from plaudit.clock import ManualClock
from plaudit.db import OwnConnection
from plaudit.limits import SESSION_HOURS_MAX, WAY_IN_CHECK_S
from plaudit.people import roles
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

    async def test_no_session_is_endless(self, desk: Desk, clock: ManualClock) -> None:
        token = desk.issuer.mint("ada", [Role.VIEWER], clock, lifetime=timedelta(days=365))
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
        await roles.grant_role(owner_connection, ada, Role.CREATOR, clock, by=None)
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


class TestOpenRooms:
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

    async def test_a_server_s_key_and_a_platform_end_their_sockets(
        self, platform: Platform, owner_connection: OwnConnection
    ) -> None:
        room_id = await platform.live_room(await platform.creator("cleo"))
        secret = (await platform.server()).headers["authorization"].removeprefix("Bearer ")
        async with (
            platform.screen(room_id, secret) as by_key,
            platform.screen(room_id, platform.token("bob")) as by_token,
        ):
            await by_key.next_of("hello")
            await by_token.next_of("hello")
            await owner_connection.execute("update api_key set revoked_at = now()")
            assert await self.closed(by_key) == (4401, "signed_out")
            await owner_connection.execute("update issuer set active = false")
            assert await self.closed(by_token) == (4401, "signed_out")


def secret_of(client: httpx2.AsyncClient) -> str:
    """The secret in the cookie a client was given."""
    return client.cookies["plaudit_session"]


assert WAIT_S > WAY_IN_CHECK_S
