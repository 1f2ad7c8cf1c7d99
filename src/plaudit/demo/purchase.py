"""Buying coins the way a browser does: quote, order, the provider's hosted page, its form, and back."""

import asyncio
import html
import re
from typing import Any, NamedTuple
from urllib.parse import urljoin

import httpx2

from plaudit.clock import Clock
from plaudit.demo.client import Client
from plaudit.ids import new_id

_FORM = re.compile(r'<form method="post" action="([^"]+)"')
_STEPS_MAX = 3  # pages of one checkout: card, confirmation, and one to spare
_FINAL = frozenset({"paid", "declined", "expired", "refused"})
_LOOKS_MAX = 40
_LOOK_PAUSE_S = 0.5


class Purchase(NamedTuple):
    """An order, its payment at the provider, and the state it reached: paid, declined, expired, refused, pending."""

    order_id: str
    checkout_id: str
    state: str


async def buy(client: Client, browser: httpx2.AsyncClient, coins: int, card: str, clock: Clock) -> Purchase:
    """Buy a package of coins with a test card.

    Raises:
        Refused: the API does not sell it.
        httpx2.HTTPError: the provider's page does not answer.
    """
    quote_id, order_id = str(new_id(clock)), str(new_id(clock))
    await client.post("/v1/quotes", {"id": quote_id, "package_coins": coins})
    order = await client.post("/v1/orders", {"id": order_id, "quote_id": quote_id, "provider": "sandbox"})
    checkout_url = str(order["checkout_url"])
    await _pay(browser, checkout_url, card)
    for _ in range(_LOOKS_MAX):
        order = await client.get(f"/v1/orders/{order_id}")
        if order["state"] in _FINAL:
            break
        await asyncio.sleep(_LOOK_PAUSE_S)
    return Purchase(order_id, checkout_url.rpartition("/")[2], str(order["state"]))


async def _pay(browser: httpx2.AsyncClient, address: str, card: str) -> None:
    """Fill in the forms of a checkout until it sends the buyer back to the shop."""
    shown = await browser.get(address)
    for _ in range(_STEPS_MAX):
        form = _FORM.search(shown.text)
        if shown.status_code != httpx2.codes.OK or form is None:
            return
        filled: dict[str, Any] = {"decision": "approve"} if "decision" in shown.text else {"card_number": card}
        sent = await browser.post(urljoin(address, html.unescape(form[1])), data=filled)
        if sent.headers.get("location") != address:
            return
        shown = await browser.get(address)
