"""Buyers who want their money back: paid orders, spent coins, and refunds and disputes as the sandbox tells of them."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import msgspec

from plaudit.ids import new_id
from plaudit.inbox.model import NewsOutcome
from plaudit.ledger.model import GiftOrder, GiftOutcome
from plaudit.selling.orders.actions import find_order
from plaudit.selling.orders.settlement import Seller
from plaudit.selling.providers.news import ReversalKind, ReversalNews, ReversalState
from plaudit.selling.reversals.actions import apply_reversal_news
from tests.support.shop import API_KEY, Shop, signed
from tests.support.waiting import eventually

BRITISH, BRITISH_NOT_REFUNDABLE = "4000008260000000", "4000000000005126"
CREATOR, ROOM, ROSE = 900_001, 900_001, 1


@dataclass
class Returns:
    """One buyer in one shop."""

    shop: Shop
    buyer: httpx2.AsyncClient
    person_id: int

    @classmethod
    async def of(cls, shop: Shop, subject: str = "ada") -> "Returns":
        buyer = await shop.desk.person(subject, locale="en-GB")
        return cls(shop, buyer, await shop.desk.person_id(subject))

    async def buy(self, coins: int = 100, card: str = BRITISH) -> dict[str, Any]:
        """A paid order."""
        order = await self.shop.order(self.buyer, coins=coins)
        await self.shop.pay(order, card)
        paid = await self.buyer.post(f"/v1/orders/{order['id']}/refresh")
        assert paid.json()["state"] == "paid", paid.text
        return order

    async def give(self, coins: int) -> GiftOutcome:
        """Spend coins on a gift."""
        order = GiftOrder(new_id(self.shop.clock), self.person_id, CREATOR, ROOM, ROSE, coins, coins)
        return await self.shop.desk.house.gift_writer.charge(order)

    async def coins(self) -> int:
        return await self.shop.coins(self.buyer)

    async def withdraw(self, order: dict[str, Any], **asked: object) -> httpx2.Response:
        body = {"id": str(new_id(self.shop.clock)), "order_id": order["id"]} | asked
        return await self.buyer.post("/v1/withdrawals", json=body)

    async def refund(self, operator: httpx2.AsyncClient, order: dict[str, Any], **asked: object) -> httpx2.Response:
        body = {"id": str(new_id(self.shop.clock)), "reason": "Sent by mistake."} | asked
        return await operator.post(f"/v1/operator/orders/{order['id']}/refunds", json=body)

    async def dispute(self, order: dict[str, Any], **asked: object) -> dict[str, Any]:
        """The payer disputes at the bank; the server is not told yet."""
        return await self.sandbox(f"/v1/checkouts/{payment_of(order)}/disputes", asked)

    async def decide(self, dispute: dict[str, Any], outcome: str) -> dict[str, Any]:
        """The bank decides; the server is not told yet."""
        return await self.sandbox(f"/v1/disputes/{dispute['id']}/end", {"outcome": outcome})

    async def sandbox(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {API_KEY}", "Idempotency-Key": uuid.uuid4().hex}
        answer = await self.shop.browser.post(self.shop.sandbox_url + path, json=body, headers=headers)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def until_refund_failed(self) -> dict[str, Any]:
        """Wait until the one refund at the sandbox has failed."""

        async def failed() -> bool:
            return [one["state"] for one in await self.refunds_at_sandbox()] == ["failed"]

        await eventually(failed, "the refund has failed")
        return (await self.refunds_at_sandbox())[0]

    async def refunds_at_sandbox(self) -> list[dict[str, Any]]:
        now = datetime.now(UTC)
        window = {"since": (now - timedelta(days=1)).isoformat(), "until": (now + timedelta(days=1)).isoformat()}
        answer = await self.shop.browser.get(
            f"{self.shop.sandbox_url}/v1/refunds", params=window, headers={"Authorization": f"Bearer {API_KEY}"}
        )
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    async def tell(self, order: dict[str, Any], state: ReversalState, **changed: object) -> NewsOutcome:
        """Apply a store's void of an order; of all of it, unless a share is given."""
        void = ReversalNews(id="void", kind=ReversalKind.VOID, payment_id=payment_of(order), state=state)
        return await self.apply(order, msgspec.structs.replace(void, **changed))

    async def apply(self, order: dict[str, Any], news: ReversalNews) -> NewsOutcome:
        """What comes of news of an order."""
        house = self.shop.desk.house
        async with house.database.transaction() as connection:
            found = await find_order(connection, self.person_id, uuid.UUID(order["id"]))
            return (await apply_reversal_news(connection, found, news, Seller.of(house.settings), house.clock.now()))[0]

    async def hear(self, what: str, data: dict[str, Any]) -> str:
        """What became of a message of the sandbox about a refund or dispute."""
        answer = await self.shop.tell(signed({"type": what, "data": data}))
        assert answer.status_code == 200, answer.text
        outcome: str = answer.json()["outcome"]
        return outcome

    async def reversals(self, order: dict[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.buyer.get(f"/v1/orders/{order['id']}/reversals")).json()["items"]
        return found

    async def moved(self, reference: str) -> dict[str, int]:
        """Amounts by reason of one reference in the journal."""
        async with self.shop.desk.house.database.read() as connection:
            rows = await connection.fetch(
                "select reason, amount from journal where reference = $1", uuid.UUID(reference)
            )
        return {row["reason"]: row["amount"] for row in rows}

    async def balance(self, kind: str, asset: str = "GBP") -> int:
        """Of a platform account, over all shards."""
        async with self.shop.desk.house.database.read() as connection:
            found: int = await connection.fetchval(
                "select coalesce(sum(balance), 0)::bigint from balance where kind = $1 and asset = $2", kind, asset
            )
        return found


def payment_of(order: dict[str, Any]) -> str:
    """The id of an order's payment at the sandbox."""
    found: str = order["checkout_url"].rsplit("/", 1)[1]
    return found


def refund_of(order: dict[str, Any], **changed: object) -> dict[str, Any]:
    """A refund somebody made at the sandbox's own desk."""
    return {
        "id": f"rfd_{uuid.uuid4().hex}", "checkout_id": payment_of(order), "reversal_id": None, "state": "succeeded",
        "amount_minor": order["price"]["amount_minor"], "currency": order["price"]["currency"], "reason": "at the desk",
        "created_at": datetime.now(UTC).isoformat(),
    } | changed  # fmt: skip


def dispute_of(order: dict[str, Any], **changed: object) -> dict[str, Any]:
    """A dispute as the sandbox would tell of it."""
    now = datetime.now(UTC)
    return {
        "id": f"dsp_{uuid.uuid4().hex}", "checkout_id": payment_of(order), "state": "open",
        "amount_minor": order["price"]["amount_minor"], "currency": order["price"]["currency"], "fee_minor": 1500,
        "reason": "fraudulent", "created_at": now.isoformat(), "respond_until": (now + timedelta(days=7)).isoformat(),
    } | changed  # fmt: skip
