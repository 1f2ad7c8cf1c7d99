"""Days with every kind of paper: sales of two countries, refunds, disputes lost, won and open, and an app store's."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx2
import msgspec

from plaudit.people.model import Role
from plaudit.selling.providers.news import ReversalKind, ReversalNews, ReversalState
from plaudit.settings import Secret
from tests.support.corner_store import Purchase
from tests.support.days import end_day
from tests.support.returns import Returns, payment_of
from tests.support.shop import GOOD, Shop

SECRET = Secret("the secret of the corner")
CORNER: dict[str, Any] = {"corner_app": "com.example.live", "corner_secret": SECRET}


@dataclass
class PaperWorld:
    """A shop in which two days went by; the second corrects the first."""

    shop: Shop
    olga: httpx2.AsyncClient
    first: date
    second: date
    kept: dict[str, Any]
    """An order of ada's of which some went back."""

    @classmethod
    async def of(cls, shop: Shop) -> "PaperWorld":
        ada, ben = await Returns.of(shop, "ada"), await shop.desk.person("ben", locale="de-DE")
        first = shop.clock.now().date()
        withdrawn, lost, won, late, kept = [await ada.buy(coins=100 * number) for number in range(1, 6)]
        german = await shop.order(ben, coins=333)
        await shop.pay(german, GOOD)
        await ben.post(f"/v1/orders/{german['id']}/refresh")
        bought = await _buy_in_store(shop, ben)
        await ada.give(1_100)

        end_day(shop.clock)
        second = shop.clock.now().date()
        olga = await shop.desk.person("olga", Role.OPERATOR)
        part = await ada.refund(olga, kept, coins=10)
        assert part.status_code == 201, part.text
        await _dispute(ada, lost, "lost", fee_minor=1_500)
        await _dispute(ada, won, "won", fee_minor=1_500)
        await _dispute(ada, late, "opened", fee_minor=700)
        refunded = await ada.refund(olga, withdrawn, all=True)
        assert refunded.status_code == 201, refunded.text
        gone = msgspec.structs.replace(bought, is_taken_back=True)
        told = await ben.post("/v1/webhooks/corner", content=gone.signed(SECRET))
        assert told.json()["outcome"] == "applied"
        end_day(shop.clock)
        return cls(shop, await shop.desk.person("olga", Role.OPERATOR), first, second, kept)


async def _buy_in_store(shop: Shop, buyer: httpx2.AsyncClient) -> Purchase:
    quote = await shop.quote(buyer, package_coins=70, channel="corner")
    body = {"id": quote["id"], "quote_id": quote["id"], "provider": "corner"}
    order = (await buyer.post("/v1/orders", json=body)).json()
    purchase = Purchase(
        id="corner-1",
        order_id=order["store"]["account_token"],
        product_id=order["store"]["product_id"],
        amount_minor=order["price"]["amount_minor"],
        currency=order["price"]["currency"],
        paid_at=shop.clock.now(),
    )
    bought = await buyer.post("/v1/webhooks/corner", content=purchase.signed(SECRET))
    assert bought.json()["outcome"] == "applied", bought.text
    return purchase


async def _dispute(who: Returns, order: dict[str, Any], outcome: str, fee_minor: int) -> None:
    """Opened, and lost, won or left open. The fee of one that is won is given back."""
    news = ReversalNews(
        id=f"dispute of {order['id']}",
        kind=ReversalKind.CHARGEBACK,
        payment_id=payment_of(order),
        state=ReversalState.OPENED,
        fee_minor=fee_minor,
    )
    await who.apply(order, news)
    if outcome == "lost":
        await who.apply(order, msgspec.structs.replace(news, state=ReversalState.DONE))
    if outcome == "won":
        await who.apply(order, msgspec.structs.replace(news, state=ReversalState.DONE))
        await who.apply(order, msgspec.structs.replace(news, state=ReversalState.UNDONE, fee_minor=0))
