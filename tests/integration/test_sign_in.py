"""Signing in at a platform by OpenID Connect, against a provider in a process of its own that is strict, and lies on
request; and the platform's word that somebody signed out."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from plaudit.connections import OwnConnection
from plaudit.ids import new_id
from plaudit.limits import JWKS_REFETCH_MIN_S, OPENID_PLATFORM_CACHE_S, SIGN_IN_ATTEMPT_S, STEP_UP_MAX_AGE_S
from plaudit.people.model import Role
from tests.support.desk import ORIGIN
from tests.support.identity import CALLBACK, CLIENT_ID, House, open_identity_house

FAULTS = (
    "nonce", "no_nonce", "audience", "two_audiences", "authorized_party", "issuer", "expired", "future", "access_token",
    "subject", "no_algorithm", "unknown_key", "forged",
)  # fmt: skip

WRONG_LOGOUTS: list[dict[str, object]] = [
    {"aud": "another-client"}, {"iss": "https://another.example"}, {"nonce": "n"}, {"events": None}, {"events": {}},
    {"events": "http://schemas.openid.net/event/backchannel-logout"}, {"jti": None}, {"jti": ""}, {"iat": None},
    {"iat": 1_000_000_000}, {"iat": 9_000_000_000}, {"exp": 1_000_000_000}, {"sub": None}, {"sub": 7}, {"sub": ""},
]  # fmt: skip


@pytest.fixture
async def house(database_url: str, identity_url: str) -> AsyncIterator[House]:
    async with open_identity_house(database_url, identity_url) as opened:
        yield opened


async def who(browser: httpx2.AsyncClient) -> str | None:
    """The subject a browser is signed in as."""
    me = await browser.get("/v1/me", headers={"Accept": "application/json"})
    return str(me.json()["subject"]) if me.status_code == 200 else None


class TestComingIn:
    @pytest.mark.parametrize("secret", ["", "s3cret:with/signs=%"])
    async def test_somebody_signs_in_and_is_where_they_wanted(
        self, database_url: str, identity_url: str, secret: str
    ) -> None:
        async with open_identity_house(database_url, identity_url, secret=secret) as house:
            browser, back = await house.sign_in("cleo", "/rooms/12?lang=de")
            assert (back.status_code, back.headers["location"]) == (303, "/rooms/12?lang=de")
            assert back.headers["referrer-policy"] == "no-referrer"
            me = (await browser.get("/v1/me")).json()
            assert (me["subject"], me["name"], me["roles"]) == ("cleo", "Cleo", ["creator", "viewer"])
            assert "plaudit_sign_in" not in browser.cookies

    async def test_what_is_asked_for(self, house: House) -> None:
        asked = {
            name: values[0]
            for name, values in parse_qs(urlsplit(await house.leave(await house.browser())).query).items()
        }
        assert asked["redirect_uri"] == CALLBACK
        assert (asked["response_type"], asked["client_id"], asked["scope"]) == ("code", CLIENT_ID, "openid profile")
        assert asked["code_challenge_method"] == "S256"
        assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
        again = parse_qs(urlsplit(await house.leave(await house.browser())).query)
        assert not {asked[name] for name in ("state", "nonce", "code_challenge")} & {again[name][0] for name in again}

    async def test_claims_are_read_as_the_issuer_says(self, database_url: str, identity_url: str) -> None:
        terms: dict[str, Any] = {"claims": {"roles": "realm_access.roles"}, "role_names": {"chief": "operator"}}
        async with open_identity_house(database_url, identity_url, **terms) as house:
            await house.control("people", eve={"name": "Eve", "realm_access": {"roles": ["chief"]}})
            browser, _ = await house.sign_in("eve")
            assert (await browser.get("/v1/me")).json()["roles"] == [Role.OPERATOR, Role.OWNER]

    async def test_nobody_is_led_elsewhere(self, house: House) -> None:
        for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
            _, back = await house.sign_in("ada", elsewhere)
            assert back.headers["location"] == "/"

    async def test_a_page_for_people_sends_a_guest_to_sign_in(self, house: House) -> None:
        browser = await house.browser()
        assert (await browser.get("/wallet?show=all")).headers["location"] == "/sign-in?next=%2Fwallet%3Fshow%3Dall"
        assert (await browser.get("/people")).headers["location"] == "/sign-in?next=%2F"

    async def test_of_several_platforms_one_is_chosen(self, house: House, owner_connection: OwnConnection) -> None:
        await owner_connection.execute(
            "insert into issuer (issuer, audience, jwks, allowed_roles, created_at, client_id, sign_in_label)"
            " values ('https://other.example', 'x', '{}', '{viewer}', now(), 'y', 'Continue with Other')"
        )
        page = await (await house.browser()).get("/sign-in?next=/wallet")
        assert page.status_code == 200
        assert "Continue with Other" in page.text
        chosen = re.search(rf'href="(/sign-in\?by={house.issuer.id}[^"]*)"', page.text)
        assert chosen is not None
        sent = await (await house.browser()).get(chosen[1].replace("&amp;", "&"))
        assert sent.headers["location"].startswith(f"{house.issuer.issuer}/authorize?")

    async def test_new_keys_are_taken_up(self, house: House) -> None:
        await house.sign_in()
        await house.control("rotate")
        house.clock.advance(timedelta(seconds=JWKS_REFETCH_MIN_S))
        browser, _ = await house.sign_in()
        assert await who(browser) == "ada"


class TestAgain:
    """Who does something grave proves that it is still them."""

    BODY: ClassVar = {
        "holder_name": "Cleo",
        "country": "US",
        "currency": "USD",
        "bank_code": "1",
        "account_number": "2",
    }

    async def tried(self, house: House, browser: httpx2.AsyncClient) -> httpx2.Response:
        """What asks for a recent sign-in; nobody pays here, so that it comes no further."""
        return await browser.post("/v1/payout-methods", json={"id": str(new_id(house.clock)), **self.BODY})

    async def leave(self, browser: httpx2.AsyncClient) -> str:
        sent = await browser.get("/sign-in", params={"again": "true", "next": "/sign-in/done?next=/studio/payouts"})
        assert sent.status_code == 303, sent.text
        return str(sent.headers["location"])

    async def test_a_sign_in_of_long_ago_does_not_do(self, house: House) -> None:
        browser, _ = await house.sign_in("cleo")
        assert (await self.tried(house, browser)).json()["code"] == "no_payout_provider"
        house.clock.advance(timedelta(seconds=STEP_UP_MAX_AGE_S + 60))
        refused = await self.tried(house, browser)
        assert (refused.status_code, refused.json()["code"]) == (401, "step_up_required")
        assert refused.headers["www-authenticate"] == (
            'Bearer error="insufficient_user_authentication", error_description="A more recent sign-in is required",'
            f' max_age="{STEP_UP_MAX_AGE_S}"'
        )
        assert (await browser.get("/v1/me")).status_code == 200, "nothing else asks"
        address = await self.leave(browser)
        asked = parse_qs(urlsplit(address).query)
        assert (asked["prompt"], asked["max_age"]) == (["login"], [str(STEP_UP_MAX_AGE_S)])
        now = int(house.clock.now().timestamp())
        await house.control("people", cleo={"name": "Cleo", "roles": ["viewer", "creator"], "auth_time": now})
        before = browser.cookies["plaudit_session"]
        back = await browser.get(await house.decide(address, subject="cleo"))
        assert back.headers["location"] == "/sign-in/done?next=/studio/payouts"
        assert 'href="/studio/payouts"' in (await browser.get(back.headers["location"])).text
        assert (await self.tried(house, browser)).json()["code"] == "no_payout_provider"
        old = await house.desk.client({"Cookie": f"plaudit_session={before}"})
        assert (await old.get("/v1/me")).status_code == 401, "the session it takes the place of"

    async def test_it_must_be_the_same_person(self, house: House) -> None:
        browser, _ = await house.sign_in("cleo")
        back = await browser.get(await house.decide(await self.leave(browser), subject="otto"))
        assert (back.status_code, "somebody else" in back.text) == (403, True)
        assert "again=true" in back.text
        assert await who(browser) == "cleo"

    async def test_a_platform_that_does_not_ask_is_not_believed(self, house: House) -> None:
        browser, _ = await house.sign_in("cleo")
        long_ago = int(house.clock.now().timestamp()) - STEP_UP_MAX_AGE_S - 60
        for said in (long_ago, None):
            await house.control("people", cleo={"name": "Cleo", "auth_time": said})
            back = await browser.get(await house.decide(await self.leave(browser), subject="cleo"))
            assert (back.status_code, "did not ask you" in back.text) == (403, True), said

    async def test_a_kind_of_sign_in_can_be_asked_for(self, database_url: str, identity_url: str) -> None:
        async with open_identity_house(database_url, identity_url, acr_values="urn:mfa urn:key") as house:
            cleo = {"name": "Cleo", "roles": ["viewer", "creator"]}
            browser, _ = await house.sign_in("cleo")
            refused = await self.tried(house, browser)
            assert refused.json()["acr_values"] == ["urn:mfa", "urn:key"]
            assert 'acr_values="urn:mfa urn:key"' in refused.headers["www-authenticate"]
            address = await self.leave(browser)
            assert parse_qs(urlsplit(address).query)["acr_values"] == ["urn:mfa urn:key"]
            for acr, status in (("urn:password", 403), ("urn:key", 303)):
                await house.control("people", cleo=cleo | {"acr": acr})
                back = await browser.get(await house.decide(await self.leave(browser), subject="cleo"))
                assert back.status_code == status, acr
            assert (await self.tried(house, browser)).json()["code"] == "no_payout_provider"


class TestRefused:
    async def test_an_id_token_that_lies_signs_nobody_in(self, house: House) -> None:
        for fault in FAULTS:
            await house.control("fault", fault=fault)
            browser, back = await house.sign_in()
            assert (back.status_code, "cannot be trusted" in back.text) == (502, True), fault
            assert await who(browser) is None
            again = re.search(r'href="(/sign-in[^"]*)"[^>]*>\s*Try again', back.text)
            assert again is not None
            assert again[1] == "/sign-in?next=%2Fwallet"
        await house.control("fault", fault="")
        assert await who((await house.sign_in())[0]) == "ada"

    async def test_who_says_no_is_not_signed_in(self, house: House) -> None:
        browser = await house.browser()
        back = await browser.get(await house.decide(await house.leave(browser), deny="1"))
        assert back.status_code == 403
        assert "Try again" in back.text
        assert await who(browser) is None

    async def test_who_is_refused_reads_why_in_their_language(self, house: House) -> None:
        browser = await house.browser()
        browser.headers["Accept-Language"] = "de-AT, en;q=0.5"
        back = await browser.get(await house.decide(await house.leave(browser), deny="1"))
        assert '<html lang="de"' in back.text
        assert "Du bist nicht angemeldet" in back.text
        assert "Noch einmal versuchen" in back.text

    async def test_another_state_than_the_browser_s_counts_for_nothing(self, house: House) -> None:
        """Somebody else's sign-in, slipped under: the victim would act as the attacker."""
        attacker, victim = await house.browser(), await house.browser()
        slipped = await house.decide(await house.leave(attacker), subject="otto")
        await house.leave(victim)
        for browser in (victim, await house.browser()):
            back = await browser.get(slipped)
            assert back.status_code == 400
            assert await who(browser) is None

    async def test_another_provider_s_answer_is_refused(self, house: House) -> None:
        browser = await house.browser()
        back = await house.decide(await house.leave(browser), subject="ada")
        mixed = back.replace("iss=http%3A%2F%2F127.0.0.1", "iss=http%3A%2F%2F127.0.0.2")
        assert mixed != back
        assert (await browser.get(mixed)).status_code == 502

    async def test_it_may_not_take_too_long(self, house: House) -> None:
        browser = await house.browser()
        back = await house.decide(await house.leave(browser), subject="ada")
        house.clock.advance(timedelta(seconds=SIGN_IN_ATTEMPT_S))
        assert (await browser.get(back)).status_code == 400

    async def test_a_code_is_good_once(self, house: House) -> None:
        browser = await house.browser()
        back = await house.decide(await house.leave(browser), subject="ada")
        kept = browser.cookies["plaudit_sign_in"]
        assert (await browser.get(back)).status_code == 303
        assert (await browser.get(back)).status_code == 400
        thief = await house.browser()
        replayed = await thief.get(back, headers={"Cookie": f"plaudit_sign_in={kept}"})
        assert replayed.status_code == 502
        assert await who(thief) is None

    async def test_a_spoilt_memory_begins_again(self, house: House) -> None:
        for kept in ("", "nonsense", "e30=", "bm9uc2Vuc2U="):
            browser = await house.desk.client({"Cookie": f"plaudit_sign_in={kept}"})
            assert (await browser.get("/sign-in/callback?state=&code=x")).status_code == 400

    async def test_a_provider_that_is_down(self, house: House) -> None:
        browser = await house.browser()
        back = await house.decide(await house.leave(browser), subject="ada")
        await house.control("fail", paths=["/token", "/.well-known/openid-configuration"])
        answer = await browser.get(back)
        assert (answer.status_code, "Try again" in answer.text) == (503, True)
        house.clock.advance(timedelta(seconds=OPENID_PLATFORM_CACHE_S))
        assert (await browser.get("/sign-in")).status_code == 503
        await house.control("fail", paths=[])
        assert await house.leave(browser)

    async def test_a_wrong_secret_signs_nobody_in(self, database_url: str, identity_url: str) -> None:
        async with open_identity_house(database_url, identity_url, known_secret="another") as house:
            browser, back = await house.sign_in()
            assert back.status_code == 502
            assert await who(browser) is None


class TestGoingOut:
    async def test_somebody_signs_out_here_and_there(self, house: House, owner_connection: OwnConnection) -> None:
        browser, _ = await house.sign_in()
        kept = await owner_connection.fetchrow("select * from session")
        assert kept is not None
        assert len(kept["sealed_id_token"]) > 100
        assert b"eyJ" not in b"".join(str(one).encode() for one in kept.values()), "no token can be read there"
        page = await browser.post("/sign-out")
        assert page.status_code == 200
        onward = re.search(r'http-equiv="refresh" content="0; url=([^"]*)"', page.text)
        assert onward is not None
        address = onward[1].replace("&amp;", "&")
        there = await house.provider.get(address)
        assert "signed out here too" in there.text
        assert parse_qs(urlsplit(address).query)["post_logout_redirect_uri"] == [f"{ORIGIN}/"]
        assert await who(browser) is None
        assert await owner_connection.fetchval("select sealed_id_token from session") is None
        assert (await browser.post("/sign-out")).headers["location"] == "/"

    async def test_a_page_of_another_site_signs_nobody_out(self, house: House) -> None:
        browser, _ = await house.sign_in()
        answer = await browser.post("/sign-out", headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403
        assert await who(browser) == "ada"
        stranger = await house.desk.client({"Sec-Fetch-Site": "cross-site"})  # whose browser keeps the cookie back
        for told in (await stranger.post("/sign-out"), await stranger.delete("/v1/session")):
            assert (told.status_code, told.headers.get("set-cookie")) == (403, None)

    async def test_the_platform_ends_one_session_or_all(self, house: House) -> None:
        browsers = [(await house.sign_in())[0] for _ in range(3)]
        cleo, _ = await house.sign_in("cleo")
        one = (await house.control("sessions"))["ada"][0]
        assert (await self.tell(house, sid=one)).status_code == 200
        assert sorted([await who(browser) or "" for browser in browsers]) == ["", "ada", "ada"]
        assert (await self.tell(house, sub="ada")).status_code == 200
        assert [await who(browser) for browser in browsers] == [None] * 3
        assert await who(cleo) == "cleo"

    async def test_a_logout_token_counts_once(self, house: House) -> None:
        token = (await house.control("logout", send=False, claims={"sub": "ada"}))["logout_token"]
        assert (await self.post(house, token)).status_code == 200
        browser, _ = await house.sign_in()
        again = await self.post(house, token)
        assert (again.status_code, again.json()["error"]) == (400, "invalid_request")
        assert again.headers["cache-control"] == "no-store"
        assert await who(browser) == "ada"

    async def test_a_logout_token_that_is_not_good_ends_nothing(self, house: House) -> None:
        browser, _ = await house.sign_in()
        for claims in WRONG_LOGOUTS:
            answer = await self.tell(house, **({"sub": "ada"} | claims))
            assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request"), claims
        for fault in ("forged", "no_algorithm", "unknown_key"):
            await house.control("fault", fault=fault)
            assert (await self.tell(house, sub="ada")).status_code == 400, fault
        assert await who(browser) == "ada"

    async def test_a_logout_token_is_nobody_s_token(self, house: House, owner_connection: OwnConnection) -> None:
        """Where API and sign-in share an audience, it would say all a person's token says."""
        await owner_connection.execute("update issuer set audience = client_id where client_id is not null")
        token = (await house.control("logout", send=False, claims={"sub": "ada"}))["logout_token"]
        answer = await (await house.desk.client({"Authorization": f"Bearer {token}"})).get("/v1/me")
        assert answer.json()["reason"] == "is of a kind (`typ`) that is for something else"

    async def tell(self, house: House, **claims: object) -> httpx2.Response:
        token = (await house.control("logout", send=False, claims=claims))["logout_token"]
        return await self.post(house, token)

    async def post(self, house: House, token: str) -> httpx2.Response:
        return await (await house.desk.client()).post("/v1/back-channel-logout", data={"logout_token": token})
