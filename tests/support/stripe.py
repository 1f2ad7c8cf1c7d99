"""The pretend Stripe as tests speak to it: a buyer on the hosted page, and what banks and time do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from plaudit.clock import ManualClock, SystemClock
from plaudit.ids import new_id
from plaudit.selling.providers.stripe.checkout import StripeCheckout
from plaudit.selling.providers.stripe.gateway import StripeGateway
from plaudit.selling.providers.stripe.intents import StripeIntents
from plaudit.settings import Secret, Settings
from tests.support.desk import SELLER, Desk, open_desk
from tests.support.ports import LOOPBACK, held_port
from tests.support.price_shelf import put_on_shelf
from tests.support.serving import serving
from tests.support.waiting import WAIT_S

SECRET_KEY, WEBHOOK_SECRET, OLD_WEBHOOK_SECRET = "sk_test_pretend", "whsec_new", "whsec_old"
SECRETS = Secret(f"{OLD_WEBHOOK_SECRET} {WEBHOOK_SECRET}")
INTENT_PAGE = "https://app.example/pay"

GOOD, GERMAN, INDONESIAN = "4242424242424242", "4000002760000016", "4000003600000006"
DECLINED, POOR, ASKS_BANK = "4000000000000002", "4000000000009995", "4000002500003155"
FRAUD_WARNING, DISPUTED, INQUIRY = "4000000000005423", "4000000000000259", "4000000000001976"
BANK_DEBIT, BANK_TRANSFER, KONBINI = "sepa_debit", "customer_balance", "konbini"


@dataclass(frozen=True)
class StripeWorld:
    """What tests do beside the server."""

    url: str

    def control(self, name: str, **asked: object) -> Any:
        """A control of the peer."""
        answer = httpx2.post(f"{self.url}/_control/{name}", json=asked, timeout=WAIT_S)
        assert answer.is_success, answer.text
        return answer.json()

    def pay(self, checkout_url: str | None, card: str = GOOD, country: str = "US") -> httpx2.Response:
        """The buyer types a card on the hosted page."""
        assert checkout_url is not None
        return httpx2.post(checkout_url, data={"number": card, "country": country}, timeout=WAIT_S)

    def answer_bank(self, checkout_url: str | None, *, success: bool) -> httpx2.Response:
        """The buyer answers the bank on the hosted page."""
        return httpx2.post(f"{checkout_url}/bank", data={"success": str(success).lower()}, timeout=WAIT_S)

    def messages(self, *kinds: str, **asked: object) -> list[tuple[dict[str, str], bytes]]:
        """Headers and bodies of the events of these kinds so far, signed now."""
        found = self.control("messages", **({"secret": WEBHOOK_SECRET, "kinds": kinds or None} | asked))
        return [(message["headers"], message["body"].encode()) for message in found]

    def checkout(self, secrets: Secret = SECRETS) -> StripeCheckout:
        gateway = StripeGateway(provider="stripe", key=Secret(SECRET_KEY), url=self.url)
        return StripeCheckout(gateway, secrets, SystemClock())

    def intents(self) -> StripeIntents:
        gateway = StripeGateway(provider="stripe_intent", key=Secret(SECRET_KEY), url=self.url)
        return StripeIntents(gateway, SECRETS, page=INTENT_PAGE)


@dataclass
class StripeShop:
    """An open server whose buyers pay at the pretend Stripe."""

    desk: Desk
    clock: ManualClock
    world: StripeWorld

    async def order(
        self, buyer: httpx2.AsyncClient, provider: str = "stripe", order_id: str | None = None
    ) -> dict[str, Any]:
        """A pending order of 350 coins."""
        answer = await self.place(buyer, provider, order_id)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        assert found["state"] == "pending"
        return found

    async def place(
        self,
        buyer: httpx2.AsyncClient,
        provider: str = "stripe",
        order_id: str | None = None,
        *,
        method: str | None = None,
    ) -> httpx2.Response:
        """The answer to an order of a new quote."""
        quote = await buyer.post("/v1/quotes", json={"id": str(new_id(self.clock)), "package_coins": 350})
        assert quote.status_code == 201, quote.text
        body = {"id": order_id or str(new_id(self.clock)), "quote_id": quote.json()["id"], "provider": provider}
        if method:
            body["method"] = method
        return await buyer.post("/v1/orders", json=body)

    async def tell(self, *messages: tuple[dict[str, str], bytes], provider: str = "stripe") -> list[str]:
        """Bring messages to the server, one after the other; what came of each, or the code of its problem."""
        client, outcomes = await self.desk.client(), []
        for headers, body in messages:
            answer = await client.post(f"/v1/webhooks/{provider}", headers=headers, content=body)
            found = answer.json()
            outcomes.append(found["outcome"] if answer.is_success else found["code"])
        return outcomes

    async def state(self, buyer: httpx2.AsyncClient, order: dict[str, Any]) -> str:
        """Where an order is."""
        state: str = (await buyer.get(f"/v1/orders/{order['id']}")).json()["state"]
        return state

    async def coins(self, buyer: httpx2.AsyncClient) -> int:
        coins: int = (await buyer.get("/v1/wallet")).json()["coins"]
        return coins


@asynccontextmanager
async def open_stripe_shop(
    database_url: str, world: StripeWorld, *, webhooks: bool = False, **changed: Any
) -> AsyncIterator[StripeShop]:
    """A shop with a price book. `webhooks`: whether messages arrive by themselves, each twice and out of order."""
    clock = ManualClock(datetime.now(UTC))  # signatures are checked against the machine's clock
    with held_port() as port:
        settings = Settings.of_values(
            public_url=f"http://{LOOPBACK}:{port}",
            stripe_secret_key=Secret(SECRET_KEY),
            stripe_webhook_secrets=SECRETS,
            stripe_url=world.url,
            stripe_intent_page=INTENT_PAGE,
            **SELLER,
            **changed,
        )
        await put_on_shelf(database_url, ManualClock(clock.now() - timedelta(days=1)))
        async with open_desk(database_url, clock, settings) as desk:
            shop = StripeShop(desk, clock, world)
            if not webhooks:
                yield shop
                return
            async with serving(desk.app, port):
                url = f"{settings.public_url}/v1/webhooks/stripe"
                world.control("webhooks", url=url, secret=WEBHOOK_SECRET, copies=2, shuffle_ms=200)
                yield shop
