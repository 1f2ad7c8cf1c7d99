"""Pushed notifications of Google Play: who sent them is proved, and what is of no concern says nothing."""

import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from plaudit.clock import ManualClock
from plaudit.providers import ProviderUnavailable, SignatureNotValid
from plaudit.selling.providers.google import provider as google
from plaudit.selling.providers.google.limits import GOOGLE_CERTS_REFETCH_MIN_S
from plaudit.selling.providers.google.provider import GoogleProvider
from tests.support.google import GooglePeer


@pytest.fixture
def peer(google_play: GooglePeer) -> GooglePeer:
    return google_play


@pytest.fixture
def now() -> ManualClock:
    return ManualClock(datetime.now(UTC))  # tokens of pushes are checked against the machine's clock too


@pytest.fixture
async def play(peer: GooglePeer, now: ManualClock) -> AsyncIterator[GoogleProvider]:
    provider = google.from_settings(peer.server(), now)
    yield provider
    await provider.close()


@pytest.mark.parametrize(
    "forged", ["signature", "key", "issuer", "audience", "email", "unverified", "expired", "early", "old"]
)
async def test_forged_pushes_are_refused(play: GoogleProvider, peer: GooglePeer, forged: str) -> None:
    peer.buy()
    ((headers, body),) = peer.messages(forged)
    with pytest.raises(SignatureNotValid):
        await play.verify_webhook(headers, body)


async def test_pushes_without_sense_are_refused(play: GoogleProvider, peer: GooglePeer) -> None:
    peer.buy()
    ((headers, body),) = peer.messages()
    good = headers["authorization"]
    head, claims, _ = good.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
    for token in (
        "",
        "Bearer",
        "Bearer x",
        "Bearer a.b.c",
        f"Basic {good[7:]}",
        f"Bearer {none}.{claims}.",
        head + ".",
    ):
        with pytest.raises(SignatureNotValid):
            await play.verify_webhook({"authorization": token}, body)
    for content in (b"", b"{}", b"[]", b'{"message":{"data":"!","messageId":"1"}}', b"x" * 100_000):
        with pytest.raises(SignatureNotValid):
            await play.verify_webhook(headers, content)
    with pytest.raises(SignatureNotValid):
        await play.verify_webhook({}, body)
    message = await play.verify_webhook(headers, body)
    assert (message.id, message.kind) == (json.loads(body)["message"]["messageId"], "one_time_product")


async def test_pushes_of_no_concern_say_nothing(play: GoogleProvider, peer: GooglePeer) -> None:
    peer.control("tell-test")
    ((headers, test),) = peer.messages()
    assert (await play.verify_webhook(headers, test)).kind == "test"
    assert await play.read_webhook(test) == []
    for bought in (peer.buy("sword"), peer.buy(test=True)):
        peer.control("void", token=bought)
    forgotten = peer.buy()
    peer.control("forget", token=forgotten)
    pushes = peer.messages()
    assert pushes
    for headers, body in pushes:
        await play.verify_webhook(headers, body)
        assert await play.read_webhook(body) == []
    document = json.loads(test)
    for said in (
        {
            "packageName": "com.example.other",
            "oneTimeProductNotification": {"notificationType": 1, "purchaseToken": "t"},
        },
        {"packageName": peer.package, "subscriptionNotification": {"notificationType": 4, "purchaseToken": "t"}},
        {"packageName": peer.package, "somethingNew": {}},
    ):
        data = base64.b64encode(json.dumps({"version": "1.0", "eventTimeMillis": "1"} | said).encode()).decode()
        changed = document | {"message": document["message"] | {"data": data}}
        assert await play.read_webhook(json.dumps(changed).encode()) == []


async def test_certificates_are_kept_and_fetched_anew_for_a_new_key(
    play: GoogleProvider, peer: GooglePeer, now: ManualClock
) -> None:
    async def arrives() -> None:
        peer.buy()
        ((headers, body),) = peer.messages()
        await play.verify_webhook(headers, body)

    peer.fail("certs", times=1)
    with pytest.raises(ProviderUnavailable):
        await arrives()
    before = peer.calls()["certs"]
    await arrives()
    await arrives()
    assert peer.calls()["certs"] == before + 1
    peer.control("change-push-key")
    with pytest.raises(SignatureNotValid):
        await arrives()
    assert peer.calls()["certs"] == before + 1
    now.advance(timedelta(seconds=GOOGLE_CERTS_REFETCH_MIN_S))
    await arrives()
    assert peer.calls()["certs"] == before + 2
