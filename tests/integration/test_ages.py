"""A wallet is asked for a proof of age over HTTP, and what it presents is believed once, until it is taken back."""

import base64
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from plaudit.ages.asking import name_of
from plaudit.ages.limits import AGE_REQUEST_S
from plaudit.ages.mdoc import Audience
from plaudit.clock import ManualClock
from plaudit.connections import OwnConnection
from plaudit.ids import new_id
from plaudit.people.development import ISSUER
from plaudit.rules.facts import claimed
from plaudit.settings import Settings
from tests.support.age_proofs import DAY, Issuer, presented
from tests.support.desk import ORIGIN, SELLER, Desk, open_desk

DEVICE = ec.generate_private_key(ec.SECP256R1())


class Wallet:
    """Vera, and the phone that she has her proof of age on."""

    def __init__(self, desk: Desk, issuer: Issuer, vera: httpx2.AsyncClient, guest: httpx2.AsyncClient) -> None:
        self.desk, self.issuer, self.vera, self.guest = desk, issuer, vera, guest

    async def ask(self, by: httpx2.AsyncClient | None = None) -> Audience:
        """What the wallet reads out of the link."""
        body = {"id": str(new_id(self.desk.house.clock))}
        asked = await (by or self.vera).post("/v1/me/age-requests", json=body)
        assert asked.status_code == 201, asked.text
        link = parse_qs(urlsplit(asked.json()["link"]).query)
        (client_id,), (nonce,), (response_uri,) = link["client_id"], link["nonce"], link["response_uri"]
        query = msgspec.json.decode(link["dcql_query"][0])
        assert query["credentials"][0]["claims"] == [{"path": ["eu.europa.ec.av.1", "age_over_18"]}], "and nothing else"
        return Audience(client_id=client_id, nonce=nonce, response_uri=response_uri)

    async def present(self, to: Audience, made_for: Audience | None = None, **shown: Any) -> httpx2.Response:
        proof = presented(self.issuer.document(DEVICE, **shown), DEVICE, made_for or to)
        return await self.post(to, msgspec.json.encode({"age": [base64.urlsafe_b64encode(proof).decode().rstrip("=")]}))

    async def post(self, to: Audience, token: bytes) -> httpx2.Response:
        path = to.response_uri.removeprefix(ORIGIN)
        return await self.guest.post(path, data={"vp_token": token.decode(), "state": "x"})

    async def age(self) -> tuple[int | None, str | None, str | None]:
        found = (await self.vera.get("/v1/me/age")).json()
        return found["at_least"], found["level"], found["last_refused_with"]


@pytest.fixture
async def wallet(database_url: str, tmp_path: Path) -> AsyncIterator[Wallet]:
    now = datetime.now(UTC) + timedelta(minutes=1)  # what issues documents has a clock of its own
    issuer = Issuer(now)
    file = tmp_path / "issuers.pem"
    file.write_bytes(issuer.root.public_bytes(Encoding.PEM))
    settings = Settings(public_url=ORIGIN, age_proof_issuers=str(file), **SELLER)
    async with open_desk(database_url, ManualClock(now), settings) as desk:
        yield Wallet(desk, issuer, await desk.person("vera", country="DE"), await desk.client())


async def test_what_a_wallet_proves_is_believed_once_and_taken_back(
    wallet: Wallet, owner_connection: OwnConnection
) -> None:
    asked = await wallet.ask()
    answered = await wallet.present(asked)
    assert (answered.status_code, answered.json()) == (200, {"redirect_uri": f"{ORIGIN}/age"})
    assert await wallet.age() == (18, "verified", None)
    again = await wallet.present(asked)
    assert (again.status_code, again.json()["code"]) == (409, "age_request_over")
    (proof,) = (await wallet.vera.get("/v1/me/age")).json()["proofs"]
    assert (proof["is_mine"], proof["method"], proof["source"]) == (True, "eu_proof_of_age", "EU proof of age")
    assert proof["until"] is not None
    kept = await owner_connection.fetchrow("select to_jsonb(a) as kept from age_assurance a")
    assert kept is not None
    assert set(msgspec.json.decode(kept["kept"]) if isinstance(kept["kept"], str) else kept["kept"]) == {
        *("id", "person_id", "at_least", "under", "level", "method", "source", "proved_at", "until", "recorded_at"),
        *("key_id", "revoked_at", "revoked_because"),
    }, "nothing of the document"
    assert "18 or older" in (await wallet.vera.get("/age")).text
    nora = await wallet.desk.person("nora")
    assert (await nora.delete(f"/v1/me/age-proofs/{proof['id']}")).status_code == 404
    for _ in range(2):
        assert (await wallet.vera.delete(f"/v1/me/age-proofs/{proof['id']}")).status_code == 204
    assert await wallet.age() == (None, None, None)


async def test_what_was_made_for_another_question_or_proves_nothing_is_not_believed(wallet: Wallet) -> None:
    first = await wallet.ask()
    wallet.desk.house.clock.advance(timedelta(seconds=1))  # type: ignore[attr-defined]
    second = await wallet.ask()
    replayed = await wallet.present(second, made_for=first)
    assert (replayed.status_code, replayed.json()["code"], replayed.json()["reason"]) == (
        *(422, "age_proof_not_valid"),
        "device",
    )
    young = await wallet.present(second, age_over_18=False)
    assert young.json()["reason"] == "age"
    assert await wallet.age() == (None, None, "age")
    assert "does not show that you are of age" in (await wallet.vera.get("/age")).text
    for token in (b"{}", b"[]", b'{"age": []}', b'{"age": ["?"]}', b'{"age": ["AA", "AA"]}'):
        assert (await wallet.post(second, token)).json()["reason"] == "unreadable"
    wallet.desk.house.clock.advance(timedelta(seconds=AGE_REQUEST_S))  # type: ignore[attr-defined]
    assert (await wallet.present(second)).json()["code"] == "age_request_over"
    unknown = await wallet.guest.post(
        f"/v1/age-requests/{new_id(wallet.desk.house.clock)}/answer", data={"vp_token": "{}"}
    )
    assert unknown.status_code == 404


async def test_a_proof_is_over_when_its_issuer_said_so(wallet: Wallet) -> None:
    assert (await wallet.present(await wallet.ask())).status_code == 200
    wallet.desk.house.clock.advance(70 * DAY)  # type: ignore[attr-defined]
    wallet.vera = await wallet.desk.person("vera")
    assert await wallet.age() == (None, None, None)
    late = await wallet.present(await wallet.ask())
    assert late.json()["reason"] == "expired"


async def test_nobody_takes_back_that_they_are_too_young(wallet: Wallet) -> None:
    desk = wallet.desk
    server = await desk.client({"Authorization": f"Bearer {await desk.server_key()}"})
    said = {"id": str(new_id(desk.house.clock)), "under": 18, "level": "checked", "method": "store_signal",
        "source": "Store", "proved_at": desk.house.clock.now().isoformat()}  # fmt: skip
    await wallet.vera.get("/v1/me")
    assert (await server.post("/v1/people/vera/age-assurances", json=said)).status_code == 201
    taken = await wallet.vera.delete(f"/v1/me/age-proofs/{said['id']}")
    assert (taken.status_code, taken.json()["code"]) == (409, "only_own_proofs")
    assert await wallet.age() == (0, "checked", None)


async def test_where_no_issuer_is_named_nobody_is_asked(database_url: str, clock: ManualClock) -> None:
    async with open_desk(database_url, clock) as desk:
        vera = await desk.person("vera")
        asked = await vera.post("/v1/me/age-requests", json={"id": str(new_id(clock))})
        assert (asked.status_code, asked.json()["code"]) == (409, "age_proofs_not_taken")
        assert "Ask my wallet" not in (await vera.get("/age")).text


async def test_a_platform_is_called_as_its_sign_in_calls_it_or_by_its_domain(
    desk: Desk, owner_connection: OwnConnection
) -> None:
    kim = await desk.person("kim", birthdate="1990-01-01")
    found = (await kim.get("/v1/me/age")).json()
    assert (found["source"], found["source_name"]) == (ISSUER, None), "an address without a domain"
    assert "Your platform" in (await kim.get("/age")).text
    platform = claimed(date(1990, 1, 1), "https://lumen.example/realms/x", desk.house.clock.now())
    async with desk.house.database.read() as connection:
        assert await name_of(connection, platform) == "lumen.example"
    await owner_connection.execute("update issuer set sign_in_label = 'Lumen'")
    assert (await kim.get("/v1/me/age")).json()["source_name"] == "Lumen"
    page = (await kim.get("/age")).text
    assert "Lumen" in page
    assert ISSUER not in page
