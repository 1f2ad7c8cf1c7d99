"""A platform's server hands people over by code; its sites frame our pages and call the API."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from joserfc import jwk, jwt

from plaudit.clock import ManualClock
from plaudit.connections import OwnConnection
from plaudit.http.origins import warnings_of
from plaudit.limits import SIGN_IN_CODE_S
from plaudit.people import actions, roles
from plaudit.people.model import Role
from plaudit.settings import Settings
from tests.support.commands import plaudit
from tests.support.desk import ORIGIN, Desk, open_desk

SITE, OTHER = "https://live.example", "https://evil.example"
SETTINGS = Settings(public_url=ORIGIN, frame_origins=SITE, api_origins=f"{SITE} https://beta.live.example")
IN_A_FRAME = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "cross-site"}


@pytest.fixture
async def desk(database_url: str, clock: ManualClock) -> AsyncIterator[Desk]:
    async with open_desk(database_url, clock, SETTINGS) as opened:
        yield opened


@pytest.fixture
async def server(desk: Desk) -> httpx2.AsyncClient:
    return await desk.client({"Authorization": f"Bearer {await desk.server_key()}"})


async def made(server: httpx2.AsyncClient, **wanted: Any) -> str:
    """The way in, as a path."""
    answer = await server.post("/v1/sign-in-codes", json={"subject": "ada"} | wanted)
    assert answer.status_code == 201, answer.text
    url: str = answer.json()["url"]
    assert url == f"{ORIGIN}/enter?code={answer.json()['code']}"
    return url.removeprefix(ORIGIN)


class TestCodes:
    async def test_a_link_signs_in_once_and_leads_on(self, desk: Desk, server: httpx2.AsyncClient) -> None:
        link = await made(server, next="/rooms/12", name="Ada", country="GB", roles=["viewer", "creator"])
        browser, late = await desk.client(), await desk.client()
        entered = await browser.get(link)
        assert (entered.status_code, entered.headers["location"]) == (303, "/rooms/12")
        assert entered.headers["referrer-policy"] == "no-referrer"
        me = (await browser.get("/v1/me")).json()
        assert (me["subject"], me["name"], me["country"]) == ("ada", "Ada", "GB")
        assert me["roles"] == ["creator", "viewer"]
        again = await late.get(link)
        assert (again.status_code, "used up" in again.text) == (401, True)
        assert (await late.get("/v1/me")).status_code == 401

    async def test_it_is_good_for_a_minute(self, desk: Desk, server: httpx2.AsyncClient, clock: ManualClock) -> None:
        link = await made(server)
        clock.advance(timedelta(seconds=SIGN_IN_CODE_S))
        assert (await (await desk.client()).get(link)).status_code == 401

    async def test_it_dies_with_its_key(
        self, desk: Desk, server: httpx2.AsyncClient, owner_connection: OwnConnection, clock: ManualClock
    ) -> None:
        link = await made(server)
        await actions.revoke_api_key(owner_connection, "host", clock)
        assert (await (await desk.client()).get(link)).status_code == 401

    async def test_what_is_not_said_stays(self, desk: Desk, server: httpx2.AsyncClient) -> None:
        await (await desk.person("ada", Role.CREATOR, name="Ada", picture="https://live.example/ada.png")).get("/v1/me")
        browser = await desk.client()
        await browser.get(await made(server, country="GB"))
        me = (await browser.get("/v1/me")).json()
        assert (me["name"], me["avatar"], me["country"]) == ("Ada", "https://live.example/ada.png", "GB")
        assert me["roles"] == ["creator"]

    async def test_nobody_becomes_an_operator_by_a_server_s_word(
        self, desk: Desk, server: httpx2.AsyncClient, owner_connection: OwnConnection, clock: ManualClock
    ) -> None:
        refused = await server.post("/v1/sign-in-codes", json={"subject": "ada", "roles": ["operator"]})
        assert refused.json()["field"] == "body.roles"
        said = await desk.person("ada", Role.VIEWER, Role.OPERATOR)
        assert "operator" in (await said.get("/v1/me")).json()["roles"]
        await roles.grant_role(owner_connection, await desk.person_id("ada"), Role.OPERATOR, clock)
        browser = await desk.client()
        await browser.get(await made(server))
        assert (await browser.get("/v1/me")).json()["roles"] == ["viewer"]

    @pytest.mark.parametrize(
        ("wanted", "field"),
        [
            ({"subject": ""}, "body.subject"),
            ({"subject": "a" * 256}, "body.subject"),
            ({"next": "https://evil.example"}, "body.next"),
            ({"next": "//evil.example"}, "body.next"),
            ({"country": "gb"}, "body.country"),
            ({"birthdate": "1990"}, "body.birthdate"),
            ({"roles": ["king"]}, "body.roles[0]"),
            ({"stray": 1}, "body.stray"),
        ],
    )
    async def test_what_cannot_be_is_refused(
        self, server: httpx2.AsyncClient, wanted: dict[str, Any], field: str
    ) -> None:
        answer = await server.post("/v1/sign-in-codes", json={"subject": "ada"} | wanted)
        assert (answer.status_code, answer.json()["field"]) == (400, field), answer.text

    async def test_only_servers_hand_over(self, desk: Desk) -> None:
        ada = await desk.person("ada")
        assert (await ada.post("/v1/sign-in-codes", json={"subject": "bob"})).json()["code"] == "role_missing"
        assert (await (await desk.client()).get("/enter?code=plc_guess")).status_code == 401
        assert (await (await desk.client()).get("/enter")).status_code == 401

    async def test_who_was_here_before_is_signed_out(self, desk: Desk, server: httpx2.AsyncClient) -> None:
        browser = await desk.client()
        await browser.get(await made(server))
        before = browser.cookies["plaudit_session"]
        await browser.get(await made(server, subject="bob"))
        assert (await browser.get("/v1/me")).json()["subject"] == "bob"
        kept = await desk.client({"Cookie": f"plaudit_session={before}"})
        assert (await kept.get("/v1/me")).status_code == 401


class TestSigningOutAtThePlatform:
    async def test_its_server_ends_all_sessions_of_a_person(self, desk: Desk, server: httpx2.AsyncClient) -> None:
        window, frame, other = await desk.client(), await desk.client(IN_A_FRAME), await desk.client()
        for browser, subject in ((window, "ada"), (frame, "ada"), (other, "bob")):
            await browser.get(await made(server, subject=subject))
        kept = frame.cookies["plaudit_session"]
        framed = await desk.client({"Cookie": f"plaudit_session={kept}"})  # a plain client keeps no secure cookie
        assert [(await one.get("/v1/me")).status_code for one in (window, framed, other)] == [200, 200, 200]
        for _ in range(2):  # a repeat finds none, and is no error
            assert (await server.delete("/v1/people/ada/sessions")).status_code == 204
        assert [(await one.get("/v1/me")).status_code for one in (window, framed, other)] == [401, 401, 200]

    async def test_nobody_else_can(self, desk: Desk, server: httpx2.AsyncClient) -> None:
        browser = await desk.client({"Origin": ORIGIN})
        await browser.get(await made(server))
        assert (await browser.delete("/v1/people/ada/sessions")).status_code == 403
        assert (await (await desk.client()).delete("/v1/people/ada/sessions")).status_code == 401
        assert (await browser.get("/v1/me")).status_code == 200


class TestAPlatformWithoutTokens:
    async def test_its_people_come_by_code_and_a_token_of_it_is_refused(
        self, desk: Desk, database_url: str, owner_connection: OwnConnection, clock: ManualClock
    ) -> None:
        added = plaudit(database_url, "issuer", "add", "https://tealight.example", "--no-tokens")
        assert (added.status, "no tokens" in added.stdout) == (0, True), added.stderr
        _, key = await actions.create_api_key(owner_connection, "tealight", "https://tealight.example", clock)
        browser = await desk.client()
        await browser.get(await made(await desk.client({"Authorization": f"Bearer {key}"})))
        assert (await browser.get("/v1/me")).json()["subject"] == "ada"
        claims = {"iss": "https://tealight.example", "aud": "plaudit", "sub": "ada", "exp": 4_000_000_000}
        forged = jwt.encode({"alg": "ES256"}, claims, jwk.ECKey.generate_key("P-256"))
        refused = await (await desk.client({"Authorization": f"Bearer {forged}"})).get("/v1/me")
        assert (refused.status_code, refused.json()["code"]) == (401, "token_not_valid"), refused.text

    async def test_it_has_either_keys_or_none(self, database_url: str) -> None:
        options = ["--no-tokens", "--jwks-uri", "https://tealight.example/keys"]
        refused = plaudit(database_url, "issuer", "add", "https://tealight.example", *options)
        assert (refused.status, "--jwks-uri" in refused.stderr) == (2, True), refused.stderr

    @pytest.mark.parametrize(
        "name", ["tealight", "https://", "http://[tealight", "ftp://tealight.example", "https://a b"]
    )
    async def test_what_is_no_address_is_said_in_one_line(self, database_url: str, name: str) -> None:
        refused = plaudit(database_url, "issuer", "add", name)
        assert (refused.status, refused.stdout, refused.stderr.count("\n")) == (1, "", 1), refused.stderr
        keys = plaudit(database_url, "issuer", "add", "https://tealight.example", "--jwks-uri", name, "--unchecked")
        assert (keys.status, keys.stderr.count("\n")) == (1, 1), keys.stderr


class TestFrames:
    async def test_in_a_frame_the_cookie_is_kept_apart(self, desk: Desk, server: httpx2.AsyncClient) -> None:
        entered = await (await desk.client(IN_A_FRAME)).get(await made(server))
        cookie = set(entered.headers["set-cookie"].split("; "))
        assert {"SameSite=none", "Secure", "Partitioned", "HttpOnly", "Path=/"} <= cookie
        alone = await (await desk.client({"Sec-Fetch-Dest": "document"})).get(await made(server))
        assert not {"SameSite=none", "Partitioned"} & set(alone.headers["set-cookie"].split("; "))

    async def test_signing_out_forgets_both(self, desk: Desk) -> None:
        gone = await (await desk.client({"Origin": ORIGIN})).post("/sign-out")
        cookies = gone.headers.get_list("set-cookie")
        assert sorted("Partitioned" in cookie for cookie in cookies) == [False, True]
        assert all("Max-Age=0" in cookie for cookie in cookies if cookie)

    @pytest.mark.parametrize(
        ("path", "framers"),
        [("/", f"'self' {SITE}"), ("/sign-in", f"'self' {SITE}"), ("/operator", "'self'"), ("/overlay", "*")],
    )
    async def test_named_sites_may_frame_what_is_not_an_operator_s(self, desk: Desk, path: str, framers: str) -> None:
        page = await (await desk.client({"Accept": "text/html"})).get(path)
        assert page.headers["content-security-policy"].rpartition("; ")[2] == f"frame-ancestors {framers}"


class TestOtherSitesScripts:
    async def test_they_read_what_is_public(self, desk: Desk) -> None:
        for path in ("/v1/catalogue", "/v1/rooms", "/v1/rooms/1"):
            answer = await (await desk.client({"Origin": SITE})).get(path)
            assert answer.headers["access-control-allow-origin"] == SITE
            assert "Origin" in answer.headers["vary"]
            assert "access-control-allow-credentials" not in answer.headers

    async def test_they_call_with_a_token_after_they_asked(self, desk: Desk) -> None:
        asking = {"Origin": SITE, "Access-Control-Request-Method": "POST"}
        asked = await (await desk.client(asking)).request("OPTIONS", "/v1/gifts")
        assert asked.status_code == 204
        assert asked.headers["access-control-allow-origin"] == SITE
        assert "Authorization" in asked.headers["access-control-allow-headers"]
        ada = await desk.client({"Authorization": f"Bearer {desk.token('ada')}", "Origin": SITE})
        sent = await ada.post("/v1/gifts", json={})
        assert (sent.status_code, sent.headers["access-control-allow-origin"]) == (400, SITE)

    async def test_others_do_not(self, desk: Desk) -> None:
        asking = {"Origin": OTHER, "Access-Control-Request-Method": "POST"}
        asked = await (await desk.client(asking)).request("OPTIONS", "/v1/gifts")
        answer = await (await desk.client({"Origin": OTHER})).get("/v1/catalogue")
        page = await (await desk.client({"Origin": SITE})).get("/")
        for one in (asked, answer, page):
            assert "access-control-allow-origin" not in one.headers

    async def test_a_cookie_never_acts_for_them(self, desk: Desk, server: httpx2.AsyncClient) -> None:
        browser = await desk.client()
        await browser.get(await made(server))
        sent = await browser.post("/v1/gifts", json={}, headers={"Origin": SITE, "Sec-Fetch-Site": "cross-site"})
        assert sent.json()["code"] == "foreign_origin"


@pytest.mark.parametrize(
    ("public_url", "host", "said"),
    [
        ("", "127.0.0.1", ""),
        ("", "::1", ""),
        ("", "localhost", ""),
        ("", "192.0.2.7", "PLAUDIT_PUBLIC_URL is not set"),
        ("http://coins.example", "192.0.2.7", "without https"),
        ("http://coins.example", "127.0.0.1", "without https"),
        ("https://coins.example", "192.0.2.7", ""),
        ("http://localhost:9000", "192.0.2.7", ""),
    ],
)  # fmt: skip
def test_an_odd_public_address_is_said(public_url: str, host: str, said: str) -> None:
    found = warnings_of(Settings(public_url=public_url) if public_url else Settings(), host)
    assert len(found) == bool(said)
    assert said in "".join(found)
