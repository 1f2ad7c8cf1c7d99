"""A seller's side of the PayPal peer: settings that lead to it, payers who agree, and the messages it sends."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

from plaudit.clock import ManualClock, SystemClock
from plaudit.ids import new_id
from plaudit.money import Money
from plaudit.outgoing import tls_context
from plaudit.providers import ProviderRefused
from plaudit.selling.providers.base import CheckoutRequest, RefundRequest
from plaudit.selling.providers.news import Payment, ReversalNews
from plaudit.selling.providers.paypal.provider import PayPalProvider, from_settings
from plaudit.settings import Secret, Settings
from tests.peers.paypal import CLIENT_ID, CLIENT_SECRET, WEBHOOK_ID
from tests.support.desk import SELLER, Desk, open_desk
from tests.support.peers import peer
from tests.support.ports import LOOPBACK, held_port
from tests.support.price_shelf import put_on_shelf
from tests.support.serving import serving
from tests.support.waiting import WAIT_S

Message = tuple[dict[str, str], bytes]
CLOCK = SystemClock()


@dataclass
class PayPalPeer:
    """PayPal on loopback."""

    url: str
    roots: Path
    http: httpx2.Client

    def settings(self) -> dict[str, Any]:
        """What a server needs to take payments through it."""
        return {
            "paypal_url": self.url,
            "paypal_client_id": CLIENT_ID,
            "paypal_client_secret": Secret(CLIENT_SECRET),
            "paypal_webhook_id": WEBHOOK_ID,
            "paypal_certificate_origins": self.url,
            "paypal_certificate_roots": str(self.roots),
        }

    def control(self, name: str, **asked: Any) -> Any:
        """What only tests may do."""
        answer = self.http.post(f"{self.url}/_control/{name}", json=asked)
        assert answer.is_success, answer.text
        return answer.json()

    def fault(self, method: str, path: str, **what: Any) -> None:
        """Make the next such request go wrong: `status=500`, `lost=True` or `garbage=True`."""
        self.control("fault", method=method, path=path, **what)

    def count(self, request: str) -> int:
        """How often something was asked."""
        counts: int = self.control("counts")["requests"].get(request, 0)
        return counts

    def pay(self, checkout_url: str | None, country: str = "US", funding: str = "good") -> str:
        """What a payer does on PayPal's page; where the payer is sent then.

        `funding`: what comes of the capture: good, declined, pending, held until the seller does something, or denied.
        """
        assert checkout_url is not None
        page, _, token = checkout_url.partition("?token=")
        answer = self.http.post(page, data={"token": token, "country": country, "funding": funding})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def capture_id(self, payment_id: str) -> str:
        """The capture of an order."""
        captures = self.control("state")["captures"]
        (found,) = [one["id"] for one in captures.values() if one["_order"] == payment_id]
        return str(found)

    def messages(self, kind: str = "", **how: Any) -> list[Message]:
        """Messages of what has happened so far whose kind begins so, each signed anew."""
        events = self.control("events")
        return [self.message(event, **how) for event in events if event["event_type"].startswith(kind)]

    def message(self, event: dict[str, Any], **how: Any) -> Message:
        """A message as it would be sent; `how`: what is different from PayPal's own way."""
        body = json.dumps(event)
        return self.control("sign", body=body, **how), body.encode()


@contextmanager
def paypal_peer(folder: Path) -> Iterator[PayPalPeer]:
    """A peer, with the root of its certificates in the folder."""
    with peer("paypal") as url, httpx2.Client(verify=tls_context(), timeout=WAIT_S) as http:
        roots = folder / "paypal-root.pem"
        roots.write_bytes(http.get(f"{url}/_control/root.pem").content)
        yield PayPalPeer(url, roots, http)


def checkout(price: Money, **changed: Any) -> CheckoutRequest:
    """A new order of coins."""
    order_id = new_id(CLOCK)
    asked = CheckoutRequest(
        reference=f"7-{order_id}",
        order_id=order_id,
        coins=100,
        price=price,
        description="100 coins",
        return_url="https://shop.example/orders/1",
        expires_at=datetime.now(UTC) + timedelta(hours=1),
    )
    return CheckoutRequest(**{name: getattr(asked, name) for name in asked.__struct_fields__} | changed)


async def paid(provider: PayPalProvider, paypal: PayPalPeer, price: Money, country: str = "US") -> Payment:
    """A payment that was approved and captured."""
    payment = await provider.create_checkout(checkout(price))
    paypal.pay(payment.checkout_url, country)
    return await provider.capture(payment.id)


async def refunded(
    provider: PayPalProvider, payment: Payment, minor: int, reversal_id: UUID | None = None
) -> ReversalNews:
    """Money of a payment given back; a new reversal unless one is named."""
    return await provider.refund(
        RefundRequest(
            reversal_id=reversal_id or new_id(CLOCK),
            payment_id=payment.id,
            reference=payment.reference,
            amount=Money(minor, payment.amount.currency),
            reason="withdrawal",
        )
    )


@contextmanager
def refusal(said: str) -> Iterator[None]:
    """PayPal refuses, and says this."""
    with pytest.raises(ProviderRefused) as refused:
        yield
    assert said in refused.value.reason


def provider_of(settings: dict[str, Any]) -> PayPalProvider:
    """The provider of a server with these settings."""
    return from_settings(Settings.of_values(**settings))


@dataclass
class PayPalShop:
    """An open server whose buyers pay at the pretend PayPal."""

    desk: Desk
    clock: ManualClock
    paypal: PayPalPeer

    async def place(self, buyer: httpx2.AsyncClient, coins: int = 350, order_id: str | None = None) -> httpx2.Response:
        """The answer to an order of a new quote."""
        quote = await buyer.post("/v1/quotes", json={"id": str(new_id(self.clock)), "package_coins": coins})
        assert quote.status_code == 201, quote.text
        body = {"id": order_id or str(new_id(self.clock)), "quote_id": quote.json()["id"], "provider": "paypal"}
        return await buyer.post("/v1/orders", json=body)

    async def order(self, buyer: httpx2.AsyncClient) -> dict[str, Any]:
        """A pending order."""
        answer = await self.place(buyer)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        assert found["state"] == "pending"
        return found

    async def bought(self, buyer: httpx2.AsyncClient) -> dict[str, Any]:
        """An order that was approved, told of, and captured."""
        order = await self.order(buyer)
        await asyncio.to_thread(self.paypal.pay, order["checkout_url"])
        await self.tell(*self.paypal.messages("CHECKOUT.ORDER.APPROVED")[-1:])
        assert await self.state(buyer, order) == "paid"
        return order

    async def tell(self, *messages: Message) -> list[str]:
        """Bring messages to the server, one after the other; what came of each, or the code of its problem."""
        client, outcomes = await self.desk.client(), []
        for headers, body in messages:
            answer = await client.post("/v1/webhooks/paypal", headers=headers, content=body)
            found = answer.json()
            outcomes.append(found["outcome"] if answer.is_success else found["code"])
        return outcomes

    async def state(self, buyer: httpx2.AsyncClient, order: dict[str, Any]) -> str:
        state: str = (await buyer.get(f"/v1/orders/{order['id']}")).json()["state"]
        return state

    async def coins(self, buyer: httpx2.AsyncClient) -> int:
        coins: int = (await buyer.get("/v1/wallet")).json()["coins"]
        return coins

    async def reversals(self, buyer: httpx2.AsyncClient, order: dict[str, Any]) -> list[tuple[str, str]]:
        """Kind and state of what went back of an order."""
        found = (await buyer.get(f"/v1/orders/{order['id']}/reversals")).json()["items"]
        return [(one["kind"], one["state"]) for one in found]


@asynccontextmanager
async def open_paypal_shop(
    database_url: str, paypal: PayPalPeer, *, webhooks: bool = False, **changed: Any
) -> AsyncIterator[PayPalShop]:
    """A shop with a price book. `webhooks`: whether messages arrive by themselves; `changed`: settings of its own."""
    clock = ManualClock(datetime.now(UTC))  # signatures are checked against the machine's clock
    with held_port() as port:
        settings = Settings.of_values(public_url=f"http://{LOOPBACK}:{port}", **paypal.settings(), **(SELLER | changed))
        await put_on_shelf(database_url, ManualClock(clock.now() - timedelta(days=1)))
        async with open_desk(database_url, clock, settings) as desk:
            shop = PayPalShop(desk, clock, paypal)
            if not webhooks:
                yield shop
                return
            async with serving(desk.app, port):
                paypal.control("set", webhook_url=f"{settings.public_url}/v1/webhooks/paypal")
                yield shop
