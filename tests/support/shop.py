"""A server that sells coins, the sandbox that takes the money, and buyers. All of them on real sockets."""

import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from standardwebhooks import Webhook

from plaudit.clock import Clock, ManualClock
from plaudit.ids import new_id
from plaudit.outgoing import tls_context
from plaudit.sandbox.app import create_app
from plaudit.sandbox.shared import SandboxConfig
from plaudit.settings import Secret, Settings
from tests.support.desk import SELLER, Desk, open_desk
from tests.support.ports import LOOPBACK, held_port
from tests.support.price_shelf import put_on_shelf
from tests.support.serving import serving
from tests.support.waiting import WAIT_S, eventually

API_KEY = "sandbox-key"
WEBHOOK_SECRET = "whsec_" + "c2FuZGJveC13ZWJob29rLXNlY3JldA=="
GOOD, DECLINED, CONFIRM, LATE, EXPIRES = (
    "4242424242424242", "4000000000000002", "4000000000003220", "4000000000000077", "4000000000000069",
)  # fmt: skip


@dataclass
class Shop:
    """An open server and its sandbox."""

    desk: Desk
    clock: ManualClock
    browser: httpx2.AsyncClient
    sandbox_url: str

    async def quote(self, buyer: httpx2.AsyncClient, **asked: object) -> dict[str, Any]:
        body = {"id": str(new_id(self.clock))} | (asked or {"package_coins": 70})
        answer = await buyer.post("/v1/quotes", json=body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def order(self, buyer: httpx2.AsyncClient, **asked: object) -> dict[str, Any]:
        """A pending order of a new quote."""
        quote = await self.quote(buyer, **asked)
        body = {"id": str(new_id(self.clock)), "quote_id": quote["id"], "provider": "sandbox"}
        answer = await buyer.post("/v1/orders", json=body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        assert found["state"] == "pending"
        return found

    async def pay(self, order: dict[str, Any], card: str = GOOD) -> httpx2.Response:
        """What the buyer does on the hosted page."""
        return await self.browser.post(order["checkout_url"] + "/pay", data={"card_number": card})

    async def checkout(self, order: dict[str, Any]) -> dict[str, Any]:
        """The payment as the sandbox sees it."""
        checkout_id = order["checkout_url"].rsplit("/", 1)[1]
        url = f"{self.sandbox_url}/v1/checkouts/{checkout_id}"
        found: dict[str, Any] = (await self.browser.get(url, headers={"Authorization": f"Bearer {API_KEY}"})).json()
        return found

    async def sandbox(self, method: str, path: str, key: str | None = None, **asked: object) -> httpx2.Response:
        """A call of the sandbox's API, or of its desk."""
        headers = {"Authorization": f"Bearer {API_KEY}"} | ({"Idempotency-Key": key} if key else {})
        body = asked if method == "POST" else None
        return await self.browser.request(method, f"{self.sandbox_url}/v1{path}", headers=headers, json=body)

    async def event(self, order: dict[str, Any], **changed: object) -> tuple[dict[str, str], bytes]:
        """A webhook about the order as the sandbox would send it now, with what the test changes of the payment."""
        checkout = await self.checkout(order) | changed
        return signed({"type": f"checkout.{checkout['state']}", "data": checkout})

    async def tell(self, event: tuple[dict[str, str], bytes]) -> httpx2.Response:
        """Bring a webhook to the server."""
        headers, body = event
        return await (await self.desk.client()).post("/v1/webhooks/sandbox", headers=headers, content=body)

    async def coins(self, buyer: httpx2.AsyncClient) -> int:
        coins: int = (await buyer.get("/v1/wallet")).json()["coins"]
        return coins


async def until_coins(buyer: httpx2.AsyncClient, coins: int) -> None:
    """Wait until somebody has so many coins."""

    async def there() -> bool:
        return bool((await buyer.get("/v1/wallet")).json()["coins"] == coins)

    await eventually(there, f"there are {coins} coins")


def signed(
    event: dict[str, Any], secret: str = WEBHOOK_SECRET, at: datetime | None = None
) -> tuple[dict[str, str], bytes]:
    """Headers and body of an event; a new id unless it has one."""
    event = {"id": f"evt_{uuid.uuid4().hex}", "created_at": datetime.now(UTC).isoformat()} | event
    body, at = json.dumps(event), at or datetime.now(UTC)
    return {
        "webhook-id": event["id"],
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(event["id"], at, body),
        "content-type": "application/json",
    }, body.encode()


_TESTED: dict[str, Any] = {
    "vault_keys": Secret("a-key-that-is-as-long-as-it-has-to-be"),
    "payout_method_hold_hours": 0,
}


@asynccontextmanager
async def open_shop(
    database_url: str,
    folder: Path,
    *,
    webhooks: bool = False,
    chaos_seed: int | None = None,
    late_s: int = 1,
    **more_settings: Any,
) -> AsyncIterator[Shop]:
    """A shop with a price book. `webhooks`: whether those of the sandbox arrive by themselves."""
    clock = ManualClock(datetime.now(UTC))  # signatures are checked against the machine's clock
    with held_port() as port, held_port() as sandbox_port:
        sandbox_url = f"http://{LOOPBACK}:{sandbox_port}"
        settings = Settings.of_values(
            public_url=f"http://{LOOPBACK}:{port}",
            sandbox_url=sandbox_url,
            sandbox_api_key=Secret(API_KEY),
            sandbox_webhook_secret=Secret(WEBHOOK_SECRET),
            return_hosts="shop.example",
            token_life_max_s=30 * 86_400,  # tests that take days have one token
            **(SELLER | _TESTED | more_settings),
        )
        config = SandboxConfig(
            data=folder / "sandbox.sqlite",
            public_url=sandbox_url,
            api_key=settings.sandbox_api_key,
            webhook_secret=settings.sandbox_webhook_secret,
            chaos_seed=chaos_seed,
            late_s=late_s,
        )
        await put_on_shelf(database_url, _past(clock))
        async with (
            open_desk(database_url, clock, settings) as desk,
            serving(create_app(config), sandbox_port),
            httpx2.AsyncClient(verify=tls_context(), timeout=WAIT_S) as browser,
        ):
            shop = Shop(desk, clock, browser, sandbox_url)
            if not webhooks:
                yield shop
                return
            async with serving(desk.app, port):
                yield shop


def _past(clock: Clock) -> Clock:
    return ManualClock(clock.now() - timedelta(days=1))
