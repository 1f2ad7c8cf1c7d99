"""Keys of servers: what each may do, from where and until when, and that rows say which it was."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from plaudit.clock import ManualClock
from plaudit.connections import OwnConnection
from plaudit.ids import new_id
from plaudit.limits import CALLER_CACHE_S
from plaudit.people import actions
from plaudit.people.development import ISSUER
from plaudit.people.jobs import people_jobs
from plaudit.people.model import PERSONAL_SCOPES, Role, Scope
from plaudit.problems import InvalidField
from plaudit.settings import Settings
from tests.support.commands import plaudit
from tests.support.desk import ORIGIN, Desk, open_desk


@pytest.fixture
async def paying(database_url: str, clock: ManualClock) -> AsyncIterator[Desk]:
    """A server that pays creators out by hand."""
    async with open_desk(database_url, clock, Settings.of_values(public_url=ORIGIN, manual_payouts=True)) as opened:
        yield opened


async def speaking(desk: Desk, key: str, subject: str) -> httpx2.AsyncClient:
    """A server that speaks for somebody."""
    return await desk.client({"Authorization": f"Bearer {key}", "Plaudit-Subject": subject})


def bank_account(clock: ManualClock) -> dict[str, Any]:
    return {
        "id": str(new_id(clock)), "holder_name": "Cleo Carver", "country": "US", "currency": "USD",
        "bank_code": "021000021", "account_number": "000123451234",
    }  # fmt: skip


async def refusal(answer: httpx2.Response) -> tuple[int, str | None, str | None]:
    return answer.status_code, answer.json().get("code"), answer.json().get("needed")


async def test_a_key_does_nothing_in_a_person_s_name_that_it_was_not_given(desk: Desk, clock: ManualClock) -> None:
    """Who steals the key of a platform's server is not everybody there."""
    await (await desk.person("cleo", Role.VIEWER, Role.CREATOR)).get("/v1/me")
    some = str(new_id(clock))
    server = await speaking(desk, await desk.server_key(), "cleo")
    asked: list[tuple[str, str, dict[str, Any], Scope]] = [
        ("POST", "/v1/payout-methods", bank_account(clock), Scope.METHODS),
        ("DELETE", f"/v1/payout-methods/{some}", {}, Scope.METHODS),
        ("POST", "/v1/payout-quotes", {"id": some, "diamonds": 1, "method_id": some}, Scope.PAYOUTS),
        ("POST", "/v1/payouts", {"id": some, "quote_id": some}, Scope.PAYOUTS),
        ("POST", f"/v1/payouts/{some}/cancel", {}, Scope.PAYOUTS),
        ("POST", "/v1/conversions", {"id": some, "all": True}, Scope.PAYOUTS),
        ("PATCH", "/v1/creators/me/settings", {"automatic_conversion": True}, Scope.PAYOUTS),
        ("POST", "/v1/withdrawals", {"id": some, "order_id": some}, Scope.CONSENTS),
        ("PUT", "/v1/me/store-consent", {"given": True}, Scope.CONSENTS),
        ("DELETE", f"/v1/me/cards/{some}", {}, Scope.CONSENTS),
    ]
    for method, address, body, scope in asked:
        answer = await server.request(method, address, json=body)
        assert await refusal(answer) == (403, "scope_missing", scope), address
    order = {"id": some, "quote_id": some, "provider": "sandbox", "save_card": 1}
    assert await refusal(await server.post("/v1/orders", json=order)) == (403, "scope_missing", "consents")
    assert await refusal(await server.get("/wallet")) == (403, "scope_missing", None)
    nothing = await speaking(desk, await desk.server_key("nothing", scopes=()), "cleo")
    for address, needed in (("/v1/me", "people"), ("/v1/wallet", "money-read"), ("/v1/creators/me/videos", "videos")):
        assert await refusal(await nothing.get(address)) == (403, "scope_missing", needed)
    assert (await nothing.get("/v1/rooms")).status_code == 200, "what everybody may"


async def test_no_server_makes_a_room_for_somebody_who_is_no_creator(desk: Desk) -> None:
    await (await desk.person("ada")).get("/v1/me")
    key = await desk.server_key()
    for subject in ("ada", "somebody new"):
        answer = await (await speaking(desk, key, subject)).post("/v1/rooms", json={"title": "Hers"})
        assert (answer.status_code, answer.json()["code"]) == (422, "not_a_creator"), answer.text
        overlay = await (await speaking(desk, key, subject)).post("/v1/overlay-tokens", json={"label": "Hers"})
        assert (overlay.status_code, overlay.json()["code"]) == (403, "role_missing"), overlay.text


async def test_what_a_key_does_says_so_in_the_row(
    paying: Desk, owner_connection: OwnConnection, clock: ManualClock
) -> None:
    desk = paying
    cleo = await desk.person("cleo", Role.VIEWER, Role.CREATOR)
    await cleo.get("/v1/me")
    server = await speaking(desk, await desk.server_key(scopes=set(Scope)), "cleo")
    key_id = await owner_connection.fetchval("select id from api_key")
    made = httpx2.Response(500)
    for who in (server, cleo, server):
        made = await who.post("/v1/payout-methods", json=bank_account(clock))
        assert made.status_code == 201, made.text
        clock.advance(timedelta(seconds=1))
    archived = await server.delete(f"/v1/payout-methods/{made.json()['id']}")
    assert archived.status_code < 300, archived.text
    rows = await owner_connection.fetch("select key_id, archived_key_id from payout_method order by created_at")
    assert [tuple(row) for row in rows] == [(key_id, None), (None, None), (key_id, key_id)]
    for who in (cleo, server):
        assert (await who.put("/v1/me/store-consent", json={"given": True})).status_code < 300
        assert (await who.put("/v1/me/store-consent", json={"given": False})).status_code < 300
        assert (await who.post("/v1/rooms", json={"title": "Songs"})).status_code == 201
    consents = await owner_connection.fetch("select key_id from store_consent order by id")
    assert [row["key_id"] for row in consents] == [None, None, key_id, key_id]
    assert [row["key_id"] for row in await owner_connection.fetch("select key_id from room order by id")] == [
        None,
        key_id,
    ]


async def test_who_came_by_a_key_s_code_may_not_be_paid_unless_the_key_may(
    paying: Desk, owner_connection: OwnConnection, clock: ManualClock
) -> None:
    """Else whoever has the key hands themself over, and does the rest as her."""
    desk = paying
    for name, scopes, status in (("usual", set(Scope) - PERSONAL_SCOPES, 403), ("every", set(Scope), 201)):
        server = await desk.client({"Authorization": f"Bearer {await desk.server_key(name, scopes=scopes)}"})
        code = await server.post("/v1/sign-in-codes", json={"subject": "cleo", "roles": ["viewer", "creator"]})
        assert code.status_code == 201, code.text
        browser = await desk.client({"Origin": str(server.base_url).rstrip("/")})
        assert (await browser.get(code.json()["url"])).status_code in {200, 303}
        assert (await browser.get("/v1/creators/me/balance")).status_code == 200
        assert (await browser.get("/studio")).status_code == 200
        made = await browser.post("/v1/payout-methods", json=bank_account(clock))
        assert made.status_code == status, made.text
    assert (
        await owner_connection.fetchval("select k.name from payout_method m join api_key k on k.id = m.key_id")
        == "every"
    )


class TestLimits:
    async def test_it_is_good_from_its_networks_only(self, desk: Desk) -> None:
        inside, outside = "10.0.0.0/8", "203.0.113.0/24"
        for networks, status in (([outside, "127.0.0.1/32"], 200), ([outside, inside], 401)):
            key = await desk.server_key(f"from {networks[1]}", networks=networks)
            server = await speaking(desk, key, "ada")
            answers = [await server.get("/v1/me") for _ in range(2)]  # asked, and remembered
            assert [answer.status_code for answer in answers] == [status, status]
            assert status == 200 or answers[1].json()["reason"] == "may not be used from this address"

    async def test_it_ends(self, desk: Desk, clock: ManualClock) -> None:
        key = await desk.server_key(expires_at=clock.now() + timedelta(seconds=30))
        server = await speaking(desk, key, "ada")
        assert (await server.get("/v1/me")).status_code == 200
        clock.advance(timedelta(seconds=30))
        assert (await server.get("/v1/me")).json()["reason"] == "is no API key in use"
        with pytest.raises(InvalidField):
            await desk.server_key("old", expires_at=clock.now())

    async def test_it_is_rotated_with_both_secrets_for_a_while(
        self, desk: Desk, clock: ManualClock, owner_connection: OwnConnection
    ) -> None:
        secrets = [await desk.server_key()]
        for _ in range(2):
            ends_at = clock.now() + timedelta(minutes=10)
            _, secret = await actions.rotate_api_key(owner_connection, "host", ends_at, clock)
            secrets.append(secret)
        clients = [await speaking(desk, secret, "ada") for secret in secrets]
        assert [(await one.get("/v1/me")).status_code for one in clients] == [401, 200, 200], "of three two are good"
        clock.advance(timedelta(minutes=10))
        assert [(await one.get("/v1/me")).status_code for one in clients] == [401, 401, 200]
        with pytest.raises(InvalidField):
            await actions.rotate_api_key(owner_connection, "host", clock.now() + timedelta(days=31), clock)

    async def test_when_it_was_used_is_known_to_the_minute(
        self, desk: Desk, clock: ManualClock, owner_connection: OwnConnection
    ) -> None:
        key = await desk.server_key()
        server = await speaking(desk, key, "ada")
        house = desk.house
        note = next(job for job in people_jobs(house.database, house.doorkeeper) if job.name.startswith("use of keys"))
        for _ in range(2):
            clock.advance(timedelta(seconds=CALLER_CACHE_S / 3))
            assert (await server.get("/v1/me")).status_code == 200
            await note.run()
            assert await owner_connection.fetchval("select last_used_at from api_key") == clock.now()


async def test_an_operator_sees_the_keys_and_takes_one_away(desk: Desk) -> None:
    olga = await desk.person("olga", Role.VIEWER, Role.OPERATOR)
    key = await desk.server_key(scopes={Scope.PEOPLE}, networks=["127.0.0.0/8"])
    (listed,) = (await olga.get("/v1/operator/keys")).json()["items"]
    assert (listed["name"], listed["scopes"], listed["networks"]) == ("host", ["people"], ["127.0.0.0/8"])
    assert key not in str(listed)
    server = await speaking(desk, key, "ada")
    assert (await server.get("/v1/me")).status_code == 200
    revoked = await olga.post(f"/v1/operator/keys/{listed['id']}/revoke")
    assert (revoked.status_code, revoked.json()["revoked_at"] is None) == (200, False)
    assert (await server.get("/v1/me")).status_code == 401, "at once, in the process that was told"
    assert (await olga.post(f"/v1/operator/keys/{listed['id']}/revoke")).status_code == 404
    assert (await server.get("/v1/operator/keys")).status_code == 401


def test_the_command_line_makes_limits_rotates_and_revokes(database_url: str) -> None:
    def said(*words: str) -> str:
        answer = plaudit(database_url, *words)
        assert answer.status == 0, answer.stderr
        return answer.stdout

    said("issuer", "add", ISSUER, "--no-tokens")
    first = said("key", "create", "host", "--issuer", ISSUER, "--scope", "rooms", "--from", "203.0.113.7").strip()
    listed = said("key", "list")
    assert "may rooms  from 203.0.113.7/32  never ends  not used yet" in listed
    assert "may payouts rooms" in said("key", "limit", "host", "--scope", "rooms", "--scope", "payouts")
    assert "ends 2099-06-30 00:00 UTC" in said("key", "limit", "host", "--expires", "2099-06-30")
    second = said("key", "rotate", "host", "--overlap-hours", "1").strip()
    assert second.startswith("plk_")
    assert second != first
    assert "former secret ends" in said("key", "list")
    assert plaudit(database_url, "key", "limit", "host", "--from", "everywhere").status == 2
    said("key", "revoke", "host")
    assert plaudit(database_url, "key", "rotate", "host").status == 1
