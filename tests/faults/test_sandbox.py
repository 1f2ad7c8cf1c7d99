"""The sandbox: killed and back again as a process, its keys, its idempotency, and webhooks that insist."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from standardwebhooks import Webhook

from plaudit.clock import Clock, ManualClock
from plaudit.outgoing import tls_context
from plaudit.sandbox.app import create_app
from plaudit.sandbox.shared import SandboxConfig
from plaudit.settings import Secret
from tests.support.ports import LOOPBACK, NOBODY, held_port
from tests.support.processes import first_line
from tests.support.serving import serving
from tests.support.shop import API_KEY, CONFIRM, EXPIRES, GOOD, LATE, WEBHOOK_SECRET
from tests.support.waiting import WAIT_S, eventually

AUTHORIZED = {"Authorization": f"Bearer {API_KEY}"}


class Receiver:
    """A shop that hears webhooks: fails the first `failures`, then believes what is signed."""

    def __init__(self, port: int) -> None:
        self.failures = 0
        self.events: list[dict[str, Any]] = []
        self.url = f"http://{LOOPBACK}:{port}/hook"

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = (await receive())["body"]
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        status = 500
        if self.failures > 0:
            self.failures -= 1
        else:
            self.events.append(Webhook(WEBHOOK_SECRET).verify(body, headers))
            status = 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def until(self, *types: str) -> None:
        """Wait until events of these types have come."""
        await eventually(lambda: set(types) <= {event["type"] for event in self.events}, f"{types} have come")


class Process:
    """A sandbox in a process of its own, on the same port and file each time it is started."""

    def __init__(self, port: int, folder: Path, *options: str) -> None:
        self.url = f"http://{LOOPBACK}:{port}"
        self._command = [sys.executable, "-m", "plaudit.sandbox", f"--port={port}", *options]
        self._command += ["--data", str(folder / "sandbox.sqlite"), "--late-s", "1"]
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        secrets = {"PLAUDIT_SANDBOX_API_KEY": API_KEY, "PLAUDIT_SANDBOX_WEBHOOK_SECRET": WEBHOOK_SECRET}
        self._process = subprocess.Popen(self._command, env=os.environ | secrets, stdout=subprocess.PIPE, text=True)
        assert first_line(self._process) == f"The sandbox listens on {self.url}\n"

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None


@contextmanager
def running(folder: Path, *options: str) -> Iterator[Process]:
    with held_port() as port:
        process = Process(port, folder, *options)
        try:
            process.start()
            yield process
        finally:
            process.kill()


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    with running(tmp_path) as started:
        yield started


@dataclass(frozen=True)
class Place:
    """Where a sandbox answers that runs in this process."""

    url: str


@asynccontextmanager
async def served(folder: Path, clock: Clock | None = None) -> AsyncIterator[Place]:
    with held_port() as port:
        place = Place(f"http://{LOOPBACK}:{port}")
        config = SandboxConfig(
            data=folder / "sandbox.sqlite",
            public_url=place.url,
            api_key=Secret(API_KEY),
            webhook_secret=Secret(WEBHOOK_SECRET),
            late_s=1,
        )
        async with serving(create_app(config, clock), port):
            yield place


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Place]:
    async with served(tmp_path) as place:
        yield place


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    with held_port() as port:
        made = Receiver(port)
        async with serving(made, port):
            yield made


def asked(receiver_url: str, **changed: object) -> dict[str, Any]:
    return {
        "reference": "7-order",
        "amount_minor": 74,
        "currency": "USD",
        "description": "70 coins",
        "return_url": f"{NOBODY}/orders/7",
        "webhook_url": receiver_url,
        "expires_at": (datetime.now(UTC) + timedelta(minutes=5)).isoformat(),
    } | changed


async def create(client: httpx2.AsyncClient, url: str, key: str, body: dict[str, Any]) -> httpx2.Response:
    return await client.post(f"{url}/v1/checkouts", json=body, headers=AUTHORIZED | {"Idempotency-Key": key})


async def test_a_key_makes_one_checkout(sandbox: Place, receiver: Receiver) -> None:
    body = asked(receiver.url)
    async with httpx2.AsyncClient(verify=tls_context(), timeout=WAIT_S) as client:
        answers = await asyncio.gather(*(create(client, sandbox.url, "k", body) for _ in range(5)))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert (await create(client, sandbox.url, "k", body | {"amount_minor": 75})).status_code == 409
        assert (await create(client, sandbox.url, "l", body)).json()["id"] != answers[0].json()["id"]


async def test_requests_that_are_refused(sandbox: Place, receiver: Receiver) -> None:
    body, past = asked(receiver.url), datetime.now(UTC) - timedelta(seconds=1)
    async with httpx2.AsyncClient(verify=tls_context(), timeout=WAIT_S) as client:
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {API_KEY}"}):
            answer = await client.post(f"{sandbox.url}/v1/checkouts", json=body, headers=headers)
            assert answer.status_code == 401
        for changed in ({"amount_minor": 0}, {"currency": "XXQ"}, {"expires_at": past.isoformat()}, {"more": 1}):
            assert (await create(client, sandbox.url, "k", body | changed)).status_code == 400, changed
        assert (await client.post(f"{sandbox.url}/v1/checkouts", json=body, headers=AUTHORIZED)).status_code == 400
        assert (await client.get(f"{sandbox.url}/v1/checkouts/no", headers=AUTHORIZED)).status_code == 404
        assert (await client.get(f"{sandbox.url}/checkout/no")).status_code == 404


async def test_pages_lead_through_a_payment(sandbox: Place, receiver: Receiver) -> None:
    async with httpx2.AsyncClient(verify=tls_context(), timeout=WAIT_S) as client:
        checkout = (await create(client, sandbox.url, "k", asked(receiver.url, description="<b>70</b> coins"))).json()
        page = await client.get(checkout["url"])
        assert "&lt;b&gt;70&lt;/b&gt; coins" in page.text
        assert "$0.74" in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
        wrong = await client.post(checkout["url"] + "/pay", data={"card_number": "4111 1111 1111 1111"})
        assert wrong.status_code == 400
        assert "must be one of the test cards" in wrong.text
        early = await client.post(checkout["url"] + "/confirm", data={"decision": "approve"})
        assert early.status_code == 409
        asks = await client.post(checkout["url"] + "/pay", data={"card_number": "4000 0000 0000 3220"})
        assert (asks.status_code, asks.headers["location"]) == (303, checkout["url"])
        assert "Your bank asks" in (await client.get(checkout["url"])).text
        done = await client.post(checkout["url"] + "/confirm", data={"decision": "approve"})
        assert (done.status_code, done.headers["location"]) == (303, checkout["return_url"])
        again = await client.post(checkout["url"] + "/pay", data={"card_number": CONFIRM})
        assert again.status_code == 409
        assert "This payment is complete" in again.text
    await receiver.until("checkout.open", "checkout.paid")


async def test_a_killed_sandbox_comes_back_with_everything(process: Process, receiver: Receiver) -> None:
    body = asked(f"{NOBODY}/nobody-hears-this")
    async with httpx2.AsyncClient(verify=tls_context(), timeout=WAIT_S) as client:
        first = (await create(client, process.url, "first", body)).json()
        late = (await create(client, process.url, "late", asked(receiver.url))).json()
        await client.post(late["url"] + "/pay", data={"card_number": LATE})
        process.kill()
        with pytest.raises(httpx2.TransportError):
            await create(client, process.url, "first", body)
        await asyncio.to_thread(process.start)
        assert (await create(client, process.url, "first", body)).json() == first
        await receiver.until("checkout.processing", "checkout.paid")
        await client.post(first["url"] + "/pay", data={"card_number": GOOD})
        paid = (await client.get(f"{process.url}/v1/checkouts/{first['id']}", headers=AUTHORIZED)).json()
        assert (paid["state"], paid["fee_minor"]) == ("paid", 2)


async def test_webhooks_are_sent_until_they_are_heard(sandbox: Place, receiver: Receiver) -> None:
    receiver.failures = 3
    async with httpx2.AsyncClient(verify=tls_context(), timeout=WAIT_S) as client:
        checkout = (await create(client, sandbox.url, "k", asked(receiver.url))).json()
        await client.post(checkout["url"] + "/pay", data={"card_number": EXPIRES})
        await receiver.until("checkout.open", "checkout.expired")
    assert len({event["id"] for event in receiver.events}) == len(receiver.events) == 2


async def test_webhooks_can_go_where_their_receiver_is_reached_from_here(tmp_path: Path, receiver: Receiver) -> None:
    with running(tmp_path, "--webhook-origin", receiver.url.removesuffix("/hook")) as sandbox:
        async with httpx2.AsyncClient(verify=tls_context(), timeout=WAIT_S) as client:
            await create(client, sandbox.url, "k", asked("https://live.example/hook"))
            await receiver.until("checkout.open")


async def test_with_chaos_each_event_comes_twice(tmp_path: Path, receiver: Receiver) -> None:
    with running(tmp_path, "--chaos") as sandbox:
        async with httpx2.AsyncClient(verify=tls_context(), timeout=WAIT_S) as client:
            checkout = (await create(client, sandbox.url, "k", asked(receiver.url))).json()
            await client.post(checkout["url"] + "/pay", data={"card_number": GOOD})
            await eventually(lambda: len(receiver.events) >= 4, "all events have come")
    assert sorted(event["type"] for event in receiver.events) == ["checkout.open"] * 2 + ["checkout.paid"] * 2
    assert len({event["id"] for event in receiver.events}) == 2


async def test_a_checkout_that_is_left_expires(tmp_path: Path, receiver: Receiver, clock: ManualClock) -> None:
    async with (
        served(tmp_path, clock) as sandbox,
        httpx2.AsyncClient(verify=tls_context(), timeout=WAIT_S) as client,
    ):
        soon = (clock.now() + timedelta(seconds=1)).isoformat()
        checkout = (await create(client, sandbox.url, "k", asked(receiver.url, expires_at=soon))).json()
        clock.advance(timedelta(seconds=1))
        await receiver.until("checkout.expired")
        assert "The time to pay is over" in (await client.get(checkout["url"])).text


def test_it_does_not_start_without_its_keys(tmp_path: Path) -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("PLAUDIT_")}
    command = [sys.executable, "-m", "plaudit.sandbox", "--data", str(tmp_path / "s.sqlite")]
    ended = subprocess.run(command, env=bare, capture_output=True, text=True, timeout=WAIT_S, check=False)
    assert ended.returncode == 1
    assert "PLAUDIT_SANDBOX_API_KEY" in ended.stderr


async def paid(client: httpx2.AsyncClient, sandbox: Place, receiver: Receiver, card: str = GOOD) -> dict[str, Any]:
    """A payment that was authorised, and taken."""
    body = asked(receiver.url, capture="later")
    checkout: dict[str, Any] = (await create(client, sandbox.url, f"k{card}", body)).json()
    await client.post(checkout["url"] + "/pay", data={"card_number": card})
    taken = await client.post(f"{sandbox.url}/v1/checkouts/{checkout['id']}/capture", headers=AUTHORIZED)
    assert (taken.status_code, taken.json()["state"]) == (200, "paid")
    return checkout


async def refund(
    client: httpx2.AsyncClient, sandbox: Place, checkout: dict[str, Any], key: str, amount_minor: int
) -> httpx2.Response:
    body = {"amount_minor": amount_minor, "currency": "USD", "reason": "asked"}
    path = f"{sandbox.url}/v1/checkouts/{checkout['id']}/refunds"
    return await client.post(path, json=body, headers=AUTHORIZED | {"Idempotency-Key": key})


async def test_an_authorised_payment_is_taken_or_let_go_once(sandbox: Place, receiver: Receiver) -> None:
    async with httpx2.AsyncClient(verify=tls_context(), timeout=WAIT_S) as client:
        taken = await paid(client, sandbox, receiver)
        api = f"{sandbox.url}/v1/checkouts"
        assert (await client.post(f"{api}/{taken['id']}/capture", headers=AUTHORIZED)).json()["state"] == "paid"
        assert (await client.post(f"{api}/{taken['id']}/cancel", headers=AUTHORIZED)).status_code == 409
        let_go = (await create(client, sandbox.url, "c", asked(receiver.url, capture="later"))).json()
        assert (await client.post(f"{api}/{let_go['id']}/capture", headers=AUTHORIZED)).status_code == 409
        await client.post(let_go["url"] + "/pay", data={"card_number": "4000003920000003"})
        answers = [await client.post(f"{api}/{let_go['id']}/cancel", headers=AUTHORIZED) for _ in range(2)]
        assert [answer.json()["state"] for answer in answers] == ["cancelled"] * 2
        assert answers[0].json()["card_country"] == "JP"
        assert (await client.post(f"{api}/{let_go['id']}/capture", headers=AUTHORIZED)).status_code == 409
    await receiver.until("checkout.authorised", "checkout.paid", "checkout.cancelled")


async def test_never_more_is_refunded_than_was_paid(sandbox: Place, receiver: Receiver) -> None:
    async with httpx2.AsyncClient(verify=tls_context(), timeout=WAIT_S) as client:
        checkout = await paid(client, sandbox, receiver)
        answers = await asyncio.gather(*(refund(client, sandbox, checkout, "a", 50) for _ in range(4)))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert (await refund(client, sandbox, checkout, "a", 51)).status_code == 409
        over = await refund(client, sandbox, checkout, "b", 25)
        assert (over.status_code, "at most 24" in over.json()["reason"]) == (400, True)
        assert (await refund(client, sandbox, checkout, "b", 24)).status_code == 201
        assert (await refund(client, sandbox, checkout, "c", 1)).status_code == 400
        opened = (await create(client, sandbox.url, "o", asked(receiver.url))).json()
        assert (await refund(client, sandbox, opened, "d", 1)).status_code == 409
        since, until = datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC) + timedelta(hours=1)
        window = {"since": since.isoformat(), "until": until.isoformat()}
        listed = (await client.get(f"{sandbox.url}/v1/refunds", params=window, headers=AUTHORIZED)).json()
        assert ([one["amount_minor"] for one in listed["items"]], listed["next"]) == ([50, 24], None)
        past = {"since": (since - timedelta(hours=2)).isoformat(), "until": since.isoformat()}
        assert (await client.get(f"{sandbox.url}/v1/checkouts", params=past, headers=AUTHORIZED)).json()["items"] == []
    await receiver.until("refund.succeeded")


async def test_a_refund_that_fails_late_can_be_asked_for_again(sandbox: Place, receiver: Receiver) -> None:
    async with httpx2.AsyncClient(verify=tls_context(), timeout=WAIT_S) as client:
        checkout = await paid(client, sandbox, receiver, "4000000000005126")
        assert (await refund(client, sandbox, checkout, "a", 74)).json()["state"] == "pending"
        assert (await refund(client, sandbox, checkout, "b", 74)).status_code == 400
        await receiver.until("refund.pending", "refund.failed")
        assert (await refund(client, sandbox, checkout, "b", 74)).status_code == 201


async def test_a_payer_disputes_and_the_bank_decides_once(sandbox: Place, receiver: Receiver) -> None:
    async with httpx2.AsyncClient(verify=tls_context(), headers=AUTHORIZED, timeout=WAIT_S) as client:
        checkout = await paid(client, sandbox, receiver)
        path = f"{sandbox.url}/v1/checkouts/{checkout['id']}"
        assert (await client.post(f"{path}/disputes", json={"amount_minor": 75})).status_code == 400
        dispute = (await client.post(f"{path}/disputes", json={})).json()
        assert (dispute["state"], dispute["amount_minor"]) == ("open", 74)
        assert (await client.post(f"{path}/disputes", json={})).status_code == 409
        assert (await refund(client, sandbox, checkout, "a", 1)).status_code == 400  # the money is withheld
        end = f"{sandbox.url}/v1/disputes/{dispute['id']}/end"
        assert (await client.post(end, json={"outcome": "won"})).json()["state"] == "won"
        assert (await client.post(end, json={"outcome": "won"})).status_code == 200
        assert (await client.post(end, json={"outcome": "lost"})).status_code == 409
        assert (await refund(client, sandbox, checkout, "a", 74)).status_code == 201
        assert (await client.post(f"{path}/fraud-warnings", json={})).status_code == 201
        assert (
            await httpx2.AsyncClient(verify=tls_context(), timeout=WAIT_S).post(f"{path}/disputes", json={})
        ).status_code == 401
    await receiver.until("dispute.open", "dispute.won", "fraud_warning.created")


@pytest.mark.parametrize(
    ("locale", "pay"), [("de-DE", "0,74\xa0$ bezahlen"), ("ja", "$0.74 を支払う"), ("xx", "Pay $0.74")]
)
async def test_the_page_speaks_the_language_it_was_asked_for(
    sandbox: Place, receiver: Receiver, locale: str, pay: str
) -> None:
    async with httpx2.AsyncClient(verify=tls_context(), timeout=WAIT_S) as client:
        checkout = (await create(client, sandbox.url, "k", asked(receiver.url, locale=locale))).json()
        assert pay in (await client.get(checkout["url"])).text
