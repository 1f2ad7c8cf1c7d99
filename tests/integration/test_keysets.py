"""The keys of issuers that publish them: fetched once, again when a token names a new one, never in a hurry."""

import asyncio
import json
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwk, jwt

from plaudit.clock import ManualClock
from plaudit.connections import OwnConnection
from plaudit.limits import CALLER_CACHE_S, JWKS_BYTES_MAX, JWKS_CACHE_S, JWKS_REFETCH_MIN_S
from plaudit.people.issuers import IssuerTerms, add_issuer
from plaudit.people.keysets import parse_key_set
from plaudit.people.model import Role
from plaudit.problems import InvalidField
from tests.support.desk import Desk

NAME = "https://platform.example"


class Publisher:
    """A platform's HTTP server with its keys."""

    def __init__(self) -> None:
        self.keys = [new_key("ES256", "first")]
        self.asked = 0
        self.status = 200
        self.padding = 0
        self.address = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        document = jwk.KeySet(self.keys).as_dict(private=False) | {"padding": "x" * self.padding}
        body = json.dumps(document).encode()
        writer.write(
            f"HTTP/1.1 {self.status} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body
        )
        await writer.drain()
        writer.close()


def new_key(algorithm: str, key_id: str) -> jwk.Key:
    parameters: jwk.KeyParameters = {"kid": key_id, "use": "sig", "alg": algorithm}
    if algorithm == "RS256":
        return jwk.RSAKey.generate_key(2048, parameters, private=True)
    if algorithm == "EdDSA":
        return jwk.OKPKey.generate_key("Ed25519", {"kid": key_id, "use": "sig"}, private=True)
    return jwk.ECKey.generate_key("P-256", parameters, private=True)


@pytest.mark.parametrize(
    ("address", "is_taken"),
    [
        ("https://platform.example/keys", True),
        ("http://127.0.0.1:8090/keys", True),
        ("http://[::1]/keys", True),
        ("http://platform.example/keys", False),
        ("http://localhost.platform.example/keys", False),
        ("https:///keys", False),
        ("file:///keys", False),
        ("https://[", False),
    ],
)
def test_keys_come_where_nobody_can_change_them_on_the_way(address: str, is_taken: bool) -> None:
    terms = IssuerTerms(audience="plaudit", jwks_uri=address)
    if is_taken:
        terms.check()
    else:
        with pytest.raises(InvalidField):
            terms.check()


def test_a_short_key_is_none() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        short = jwk.RSAKey.generate_key(1024, {"kid": "short", "use": "sig"}, private=True)
        document = json.dumps(jwk.KeySet([short, new_key("RS256", "long")]).as_dict(private=False)).encode()
        assert [key.kid for key in parse_key_set(document).keys] == ["long"]


@asynccontextmanager
async def publishing() -> AsyncIterator[Publisher]:
    publisher = Publisher()
    server = await asyncio.start_server(publisher.answer, "127.0.0.1", 0)
    publisher.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/jwks.json"
    async with server:
        yield publisher


@pytest.fixture
async def publisher(desk: Desk, owner_connection: OwnConnection, clock: ManualClock) -> AsyncIterator[Publisher]:
    async with publishing() as published:
        terms = IssuerTerms(audience="plaudit", jwks_uri=published.address, allowed_roles={Role.VIEWER})
        await add_issuer(owner_connection, NAME, terms, clock)
        yield published


async def ask(
    desk: Desk, key: jwk.Key, algorithm: str = "ES256", subject: str = "ada", **claims: Any
) -> dict[str, Any]:
    now = int(desk.house.clock.now().timestamp())
    said = {"iss": NAME, "aud": "plaudit", "sub": subject, "exp": now + 36_000, "roles": ["viewer"]} | claims
    token = jwt.encode({"alg": algorithm, "kid": key.kid}, said, key, algorithms=[algorithm])
    answer = await (await desk.client({"Authorization": f"Bearer {token}"})).get("/v1/me")
    document: dict[str, Any] = answer.json()
    return document


@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "EdDSA"])
async def test_a_token_of_each_algorithm_is_accepted(desk: Desk, publisher: Publisher, algorithm: str) -> None:
    publisher.keys = [new_key(algorithm, "only")]
    assert (await ask(desk, publisher.keys[0], algorithm))["issuer"] == NAME


async def test_keys_are_fetched_once_for_many_tokens(desk: Desk, publisher: Publisher) -> None:
    answers = await asyncio.gather(*(ask(desk, publisher.keys[0], subject=f"p{number}") for number in range(20)))
    assert {answer["issuer"] for answer in answers} == {NAME}
    assert publisher.asked == 1


async def test_a_new_key_is_found_and_a_flood_of_unknown_ones_is_not_followed(
    desk: Desk, publisher: Publisher, clock: ManualClock
) -> None:
    await ask(desk, publisher.keys[0])
    publisher.keys = [new_key("ES256", "second")]
    clock.advance(timedelta(seconds=JWKS_REFETCH_MIN_S))
    assert (await ask(desk, publisher.keys[0]))["subject"] == "ada"
    for number in range(10):
        refused = await ask(desk, new_key("ES256", f"unknown{number}"))
        assert refused["reason"] == "is signed with a key its issuer does not publish"
    assert publisher.asked == 2


async def test_a_withdrawn_key_is_refused_when_the_keys_are_old(
    desk: Desk, publisher: Publisher, clock: ManualClock
) -> None:
    old = publisher.keys[0]
    await ask(desk, old)
    publisher.keys = [new_key("ES256", "second")]
    clock.advance(timedelta(seconds=JWKS_CACHE_S))
    assert (await ask(desk, old))["code"] == "token_not_valid"


async def test_known_keys_stay_good_while_the_platform_is_away(
    desk: Desk, publisher: Publisher, clock: ManualClock
) -> None:
    await ask(desk, publisher.keys[0])
    publisher.status = 500
    clock.advance(timedelta(seconds=JWKS_CACHE_S + CALLER_CACHE_S))
    assert (await ask(desk, publisher.keys[0]))["subject"] == "ada"


async def test_a_platform_that_cannot_be_reached_at_first_is_said_so(desk: Desk, publisher: Publisher) -> None:
    publisher.status = 404
    assert (await ask(desk, publisher.keys[0]))["code"] == "issuer_unreachable"


async def test_a_key_set_without_end_is_not_read(desk: Desk, publisher: Publisher) -> None:
    publisher.padding = JWKS_BYTES_MAX
    assert (await ask(desk, publisher.keys[0]))["code"] == "issuer_unreachable"


@pytest.mark.parametrize(
    ("claims", "claim"),
    [
        ({"aud": "another"}, "aud"),
        ({"aud": ["another", "plaudit"]}, None),
        ({"sub": ""}, "sub"),
        ({"nbf": 4_000_000_000}, "nbf"),
        ({"iat": 4_000_000_000}, "iat"),
        ({"exp": "tomorrow"}, "exp"),
        ({"exp": None}, "exp"),
    ],
)
async def test_each_claim_must_fit(desk: Desk, publisher: Publisher, claims: dict[str, Any], claim: str | None) -> None:
    answer = await ask(desk, publisher.keys[0], **claims)
    if claim is None:
        assert answer["subject"] == "ada"
    else:
        assert answer["reason"] == f"has a claim that does not fit: {claim}"
