"""Rails that pay creators over HTTP, each a provider of ours and its peer: what the peer holds, what it does next, and
what goes wrong on the way. One way to speak to all of them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol
from uuid import UUID

import httpx2

from plaudit.clock import Clock
from plaudit.outgoing import tls_context
from plaudit.payouts.kinds import MethodKind
from plaudit.payouts.providers.base import PayoutProvider
from plaudit.payouts.providers.paypal.provider import PayPalPayouts
from plaudit.payouts.providers.stripe.provider import StripeConnect
from plaudit.selling.providers.paypal.client import PayPalClient
from plaudit.selling.providers.paypal.provider import certificates_of
from plaudit.selling.providers.paypal.settings import PayPalSettings
from plaudit.selling.providers.stripe.gateway import StripeGateway
from plaudit.settings import Secret
from tests.peers.paypal_payouts import CLIENT_ID, CLIENT_SECRET, WEBHOOK_ID
from tests.support.peers import peer
from tests.support.waiting import WAIT_S

CONNECT_KEY, CONNECT_SECRET = "sk_test_connect", "whsec_connect"
FUNDS_MINOR = 10**9


class Rail(Protocol):
    """A rail as tests move it."""

    kind: MethodKind
    follow: dict[str, tuple[str, ...]]
    """What may become of a payment in each state of the peer."""
    ends: dict[str, str]
    """Where the money is in each state of the peer: `way`, `paid` or `back`."""
    recallable: frozenset[str]

    def provider(self, clock: Clock) -> PayoutProvider: ...

    def reset(self) -> None: ...

    def fail(self, how: str) -> None:
        """The next payment that is asked for meets `down` or `lost`."""

    def held(self) -> dict[UUID, list[str]]:
        """All payments at the peer, by our id, with their states."""

    def move(self, payout_id: UUID, state: str) -> None: ...

    def events(self) -> list[tuple[str, bytes]]:
        """All messages so far: their ids and bodies."""

    def funds(self) -> int:
        """What is left of FUNDS_MINOR."""


@dataclass
class _Peer:
    url: str
    http: httpx2.Client

    def control(self, name: str, **asked: Any) -> Any:
        answer = self.http.post(f"{self.url}/_control/{name}", json=asked)
        assert answer.is_success, answer.text
        return answer.json()


class PayPalRail(_Peer):
    """PayPal Payouts."""

    kind = MethodKind.PAYPAL
    follow: ClassVar = {
        "PENDING": ("SUCCESS", "UNCLAIMED", "ONHOLD", "FAILED", "BLOCKED"),
        "ONHOLD": ("SUCCESS", "FAILED"),
        "UNCLAIMED": ("SUCCESS", "RETURNED"),
        "SUCCESS": ("REFUNDED", "REVERSED"),
    }
    ends: ClassVar = {"PENDING": "way", "ONHOLD": "way", "UNCLAIMED": "way", "SUCCESS": "paid"} | dict.fromkeys(
        ("FAILED", "BLOCKED", "RETURNED", "REFUNDED", "REVERSED"), "back"
    )
    recallable = frozenset({"UNCLAIMED"})
    roots = Path()

    def settings(self) -> dict[str, Any]:
        """What a server needs to pay through it."""
        return {
            "paypal_url": self.url,
            "paypal_certificate_origins": self.url,
            "paypal_certificate_roots": str(self.roots),
            "paypal_payouts_client_id": CLIENT_ID,
            "paypal_payouts_client_secret": Secret(CLIENT_SECRET),
            "paypal_payouts_webhook_id": WEBHOOK_ID,
        }

    def provider(self, clock: Clock) -> PayPalPayouts:
        client = PayPalClient(url=self.url, client_id=CLIENT_ID, client_secret=Secret(CLIENT_SECRET), clock=clock)
        own = PayPalSettings(url=self.url, certificate_origins=self.url, certificate_roots=str(self.roots))
        return PayPalPayouts(
            client=client,
            certificates=certificates_of(own, clock),
            webhook_id=WEBHOOK_ID,
            seller="Plaudit Demo",
            clock=clock,
        )

    def reset(self) -> None:
        self.control("reset")
        self.control("fund", minor=FUNDS_MINOR)

    def fail(self, how: str) -> None:
        what = {"status": 503} if how == "down" else {"lost": True}
        self.control("fault", method="POST", path="/v1/payments/payouts", **what)

    def held(self) -> dict[UUID, list[str]]:
        found: dict[UUID, list[str]] = {}
        for item in self.control("items"):
            found.setdefault(UUID(item["payout_item"]["sender_item_id"]), []).append(item["transaction_status"])
        return found

    def move(self, payout_id: UUID, state: str) -> None:
        self.control("move", sender_item_id=str(payout_id), status=state)

    def events(self) -> list[tuple[str, bytes]]:
        return [(event["id"], json.dumps(event).encode()) for event in self.control("events")]

    def message(self, event: dict[str, Any], **how: Any) -> tuple[dict[str, str], bytes]:
        """A message as it is sent; `how`: what is different from PayPal's own way."""
        body = json.dumps(event)
        return self.control("sign", body=body, **how), body.encode()

    def funds(self) -> int:
        items = self.control("items")
        away = [one for one in items if self.ends[one["transaction_status"]] != "back"]
        return FUNDS_MINOR - sum(round(float(one["payout_item"]["amount"]["value"]) * 100) for one in away)


class StripeRail(_Peer):
    """Stripe Connect."""

    kind = MethodKind.STRIPE_ACCOUNT
    follow: ClassVar = {
        "pending": ("in_transit", "paid", "failed"),
        "in_transit": ("paid", "failed"),
        "paid": ("failed",),
    }
    ends: ClassVar = {
        "transferred": "way", "pending": "way", "in_transit": "way", "paid": "paid",
        "failed": "back", "canceled": "back", "reversed": "back",
    }  # fmt: skip
    recallable = frozenset({"pending", "transferred"})

    def settings(self) -> dict[str, Any]:
        """What a server needs to pay through it."""
        return {
            "stripe_url": self.url,
            "stripe_connect_secret_key": Secret(CONNECT_KEY),
            "stripe_connect_webhook_secrets": Secret(CONNECT_SECRET),
        }

    def provider(self, clock: Clock) -> StripeConnect:
        gateway = StripeGateway(provider="stripe", key=Secret(CONNECT_KEY), url=self.url)
        return StripeConnect(gateway, Secret(CONNECT_SECRET), clock, country="US")

    def reset(self) -> None:
        self.control("reset")
        self.control("fund", currency="usd", amount=FUNDS_MINOR)

    def fail(self, how: str) -> None:
        what = {"status": 503} if how == "down" else {"lose_answer": True}
        self.control("fault", path="/v1/transfers" if how == "down" else "/v1/", **what)

    def held(self) -> dict[UUID, list[str]]:
        payouts = {one["metadata"].get("plaudit_payout"): one["status"] for one in self.control("all", kind="payout")}
        found: dict[UUID, list[str]] = {}
        for one in self.control("all", kind="transfer"):
            ours = one["metadata"]["plaudit_payout"]
            state = "reversed" if one["reversed"] else payouts.get(ours, "transferred")
            found.setdefault(UUID(ours), []).append(state)
        return found

    def move(self, payout_id: UUID, state: str) -> None:
        (found,) = [
            one["id"]
            for one in self.control("all", kind="payout")
            if one["metadata"].get("plaudit_payout") == str(payout_id)
        ]
        self.control("move_payout", payout_id=found, status=state)

    def events(self) -> list[tuple[str, bytes]]:
        found = [one["body"] for one in self.control("messages", secret=CONNECT_SECRET)]
        return [(json.loads(body)["id"], body.encode()) for body in found]

    def message(self, since: int = 0, **how: Any) -> list[tuple[dict[str, str], bytes]]:
        """Messages as they are sent, signed now."""
        found = self.control("messages", **({"secret": CONNECT_SECRET, "since": since} | how))
        return [(one["headers"], one["body"].encode()) for one in found]

    def funds(self) -> int:
        found = self.http.post(f"{self.url}/_control/balance", json={"currency": "usd"}).text
        return int(found)


@contextmanager
def paypal_rail(folder: Path) -> Iterator[PayPalRail]:
    with peer("paypal_payouts") as url, httpx2.Client(verify=tls_context(), timeout=WAIT_S) as http:
        rail = PayPalRail(url, http)
        rail.roots = folder / "paypal-payouts-root.pem"
        rail.roots.write_text(rail.control("root.pem"))
        yield rail


@contextmanager
def stripe_rail() -> Iterator[StripeRail]:
    with (
        peer("stripe_connect", "--secret-key", CONNECT_KEY) as url,
        httpx2.Client(verify=tls_context(), timeout=WAIT_S) as http,
    ):
        yield StripeRail(url, http)
