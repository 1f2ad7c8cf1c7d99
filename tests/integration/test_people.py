"""Who is asking: tokens, sessions, API keys, roles, and what a request is refused for."""

import base64
import json
from datetime import timedelta
from pathlib import Path

import asyncpg
import httpx2
import msgspec
import pytest
from joserfc import jwt

from plaudit.clock import ManualClock
from plaudit.connections import OwnConnection
from plaudit.db import Database
from plaudit.limits import CALLER_CACHE_S
from plaudit.people import actions, issuers
from plaudit.people.development import ISSUER, DevelopmentIssuer
from plaudit.people.issuers import IssuerTerms
from plaudit.people.model import Role
from plaudit.settings import Settings
from plaudit.web.pages.people import DemoPerson
from tests.support.commands import plaudit
from tests.support.desk import Desk, open_desk


async def test_a_person_is_made_at_first_sight_and_follows_the_token(desk: Desk) -> None:
    ada = await desk.person("ada", name="Ada", preferred_username="ada", locale="pt-BR")
    first = (await ada.get("/v1/me")).json()
    assert first["name"] == "Ada"
    assert first["country"] == "BR"
    assert first["roles"] == ["viewer"]
    renamed = await desk.person("ada", Role.CREATOR, name="Ada\u0000 L.", picture="javascript:alert(1)")
    second = (await renamed.get("/v1/me")).json()
    assert second == first | {"name": "Ada L.", "roles": ["creator"]}


async def test_a_guest_is_asked_to_sign_in(desk: Desk) -> None:
    answer = await (await desk.client()).get("/v1/me")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "unauthenticated"


def _claims(token: str) -> dict[str, object]:
    claims: dict[str, object] = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    return claims


def _with_body(token: str, body: bytes) -> str:
    """The token with another body and the old signature."""
    head, _, seal = token.split(".")
    return f"{head}.{base64.urlsafe_b64encode(body).decode().rstrip('=')}.{seal}"


def _resigned(token: str, **changed: object) -> str:
    """The token with other claims and the old signature."""
    return _with_body(token, json.dumps(_claims(token) | changed).encode())


def _signed(desk: Desk, token: str, **changed: object) -> str:
    """The token with other claims, signed by its issuer."""
    key = desk.issuer._key
    return jwt.encode({"alg": "ES256", "kid": key.kid}, _claims(token) | changed, key, algorithms=["ES256"])


def _called(token: str, kind: str) -> str:
    """The token under the name of another kind, with the old signature."""
    head, body, seal = token.split(".")
    header = json.loads(base64.urlsafe_b64decode(head + "==")) | {"typ": kind}
    return f"{base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip('=')}.{body}.{seal}"


async def test_who_says_twice_who_asks_is_not_believed(desk: Desk) -> None:
    ada, bob = f"Bearer {desk.token('ada')}", f"Bearer {desk.token('bob')}"
    guest, key = await desk.client(), f"Bearer {await desk.server_key()}"
    twice: list[list[tuple[str, str]]] = [
        [("Authorization", ada), ("Authorization", bob)],
        [("Authorization", key), ("Plaudit-Subject", "ada"), ("Plaudit-Subject", "bob")],
    ]
    for headers in twice:
        answer = await guest.get("/v1/me", headers=httpx2.Headers(headers))
        assert answer.json()["reason"] == "comes with a header that was sent twice"
    await desk.person_id("ada")
    spoken = [(b"Authorization", key.encode()), (b"Plaudit-Subject", "ada\u00a0".encode())]
    assert (await guest.get("/v1/me", headers=httpx2.Headers(spoken))).status_code >= 400


async def test_tokens_that_are_not_good(desk: Desk, clock: ManualClock) -> None:
    good = desk.token("ada")
    stranger = DevelopmentIssuer.new().mint("ada", [Role.VIEWER], clock)
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=") + "." + good.split(".")[1] + "."
    for token, reason in (
        ("nonsense", "is neither a JSON Web Token nor an API key"),
        ("a.b.c", "cannot be read"),
        (_with_body(good, b'{"iss":' + b"[" * 1_200), "cannot be read"),
        (_with_body(good, b'{"deep":' + b"[" * 1_200), "cannot be read"),
        (_signed(desk, good, exp=10**400), "has a claim that does not fit: exp"),
        (_signed(desk, good, exp=10**15), "has a claim that does not fit: exp"),
        (_signed(desk, good, iat=-(10**400)), "has a claim that does not fit: iat"),
        (none, "must be signed with one of ES256, RS256, EdDSA, Ed25519"),
        (_resigned(good, sub="bob"), "is not signed by its issuer"),
        (_resigned(good, iss="https://elsewhere.example"), "comes from an issuer that is not accepted here"),
        (stranger, "is signed with a key its issuer does not publish"),
        (desk.token("ada", events="of another kind"), "says what happened, not who is asking"),
        (_called(good, "logout+jwt"), "is of a kind (`typ`) that is for something else"),
        (_called(good, "application/AT+JWT"), "is not signed by its issuer"),
        ("plk_nobody", "is no API key in use"),
        ("x" * 10_000, "is longer than 8192 characters"),
    ):
        answer = await (await desk.client({"Authorization": f"Bearer {token}"})).get("/v1/me")
        assert (answer.status_code, answer.json()["code"]) == (401, "token_not_valid"), token
        assert answer.json()["reason"] == reason


async def test_a_token_ends_when_it_says_so_although_it_is_remembered(desk: Desk, clock: ManualClock) -> None:
    token = desk.issuer.mint("ada", [Role.VIEWER], clock, lifetime=timedelta(seconds=40))
    ada = await desk.client({"Authorization": f"Bearer {token}"})
    assert (await ada.get("/v1/me")).status_code == 200
    clock.advance(timedelta(seconds=39))
    assert (await ada.get("/v1/me")).status_code == 200
    clock.advance(timedelta(seconds=32))  # past the leeway
    assert (await ada.get("/v1/me")).json()["reason"] == "has expired"


async def test_roles_beyond_what_the_issuer_may_give_do_not_count(
    desk: Desk, owner_connection: OwnConnection, clock: ManualClock
) -> None:
    await owner_connection.execute("update issuer set allowed_roles = '{viewer}'")
    operator = await desk.person("eve", Role.OPERATOR, Role.VIEWER)
    assert (await operator.get("/v1/me")).json()["roles"] == ["viewer"]


async def test_an_issuer_that_is_stopped_is_refused_within_a_minute(
    desk: Desk, owner_connection: OwnConnection, clock: ManualClock
) -> None:
    ada = await desk.person("ada")
    assert (await ada.get("/v1/me")).status_code == 200
    await issuers.set_issuer_active(owner_connection, ISSUER, active=False)
    clock.advance(timedelta(seconds=CALLER_CACHE_S))
    assert (await ada.get("/v1/me")).status_code == 401


async def test_two_issuers_share_the_economy_and_their_people_stay_apart(
    desk: Desk, owner_connection: OwnConnection, clock: ManualClock
) -> None:
    ada = await desk.person("ada")
    first = (await ada.get("/v1/me")).json()
    known = await issuers.require_issuer(owner_connection, ISSUER)
    terms = IssuerTerms(audience="plaudit", jwks=known.jwks, allowed_roles={Role.VIEWER})
    other = await issuers.add_issuer(owner_connection, "https://other.example", terms, clock)
    people = await actions.require_people_by_subjects(owner_connection, other.id, ["ada"], clock)
    assert str(people["ada"].id) != first["id"]


class TestServers:
    async def test_a_key_speaks_for_people_of_its_issuer(self, desk: Desk, clock: ManualClock) -> None:
        key = await desk.server_key()
        ada = await desk.person_id("ada")
        for_ada = await desk.client({"Authorization": f"Bearer {key}", "Plaudit-Subject": "ada"})
        me = (await for_ada.get("/v1/me")).json()
        assert me["id"] == str(ada)
        assert set(me["roles"]) == {"viewer", "server"}, "what she is, not what her platform may make somebody"
        for_nobody = await desk.client({"Authorization": f"Bearer {key}"})
        assert (await for_nobody.get("/v1/me")).json()["code"] == "role_missing"

    async def test_a_revoked_key_is_refused_within_a_minute(
        self, desk: Desk, clock: ManualClock, owner_connection: OwnConnection
    ) -> None:
        server = await desk.client({"Authorization": f"Bearer {await desk.server_key()}", "Plaudit-Subject": "ada"})
        assert (await server.get("/v1/me")).status_code == 200
        await actions.revoke_api_key(owner_connection, "host", clock)
        clock.advance(timedelta(seconds=CALLER_CACHE_S))
        assert (await server.get("/v1/me")).json()["reason"] == "is no API key in use"

    async def test_a_person_cannot_speak_for_another(self, desk: Desk) -> None:
        ada = await desk.person("ada")
        answer = await ada.get("/v1/me", headers={"Plaudit-Subject": "bob"})
        assert answer.json()["reason"] == "is a person's and cannot speak for another subject"

    async def test_the_secret_is_not_kept(self, desk: Desk, owner_connection: OwnConnection) -> None:
        key = await desk.server_key()
        row = await owner_connection.fetchrow("select * from api_key")
        assert row is not None
        assert key not in repr(dict(row))


async def test_the_application_role_cannot_change_who_is_trusted(database: Database, clock: ManualClock) -> None:
    async with database.read() as connection:
        for statement in (
            "insert into issuer (issuer, audience, jwks, allowed_roles, created_at) values ('x','x','{}','{}',now())",
            "update api_key set revoked_at = null",
            "update api_key set scopes = '{payouts}'",
            "delete from person",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)


async def test_nobody_is_anybody_where_others_come_in(
    database_url: str, clock: ManualClock, tmp_path: Path, owner_connection: OwnConnection
) -> None:
    elsewhere = "https://coins.example"
    refused = plaudit(database_url, "token", "eve", "--data", str(tmp_path), PLAUDIT_PUBLIC_URL=elsewhere)
    assert (refused.status, "let anybody in" in refused.stderr) == (2, True), refused.stderr
    assert await owner_connection.fetchval("select count(*) from issuer where issuer = $1", ISSUER) == 0
    assert plaudit(database_url, "token", "eve", "--data", str(tmp_path)).status == 0
    assert plaudit(database_url, "issuer", "stop", ISSUER).status == 0
    stopped = plaudit(database_url, "token", "eve", "--data", str(tmp_path))
    assert (stopped.status, stopped.stdout, "was stopped" in stopped.stderr) == (2, "", True)
    assert not await owner_connection.fetchval("select active from issuer where issuer = $1", ISSUER)
    assert plaudit(database_url, "issuer", "resume", ISSUER).status == 0

    people = tmp_path / "people.json"
    people.write_bytes(
        msgspec.json.encode([DemoPerson(subject="eve", group="operator", roles=[Role.VIEWER], claims={})])
    )
    for address, status in ((elsewhere, 404), ("http://plaudit.test", 303)):
        settings = Settings(public_url=address, data=tmp_path, demo_people=str(people))
        async with open_desk(database_url, clock, settings) as desk:
            await DevelopmentIssuer.of(tmp_path).register(owner_connection, clock)
            chosen = await (await desk.client()).post("/people", data={"subject": "eve"})
            assert (chosen.status_code, "set-cookie" in chosen.headers) == (status, status == 303), chosen.text
