"""Coins in the viewer's money: what items are worth, and what missing coins cost to buy."""

import time
from collections import OrderedDict
from typing import Any

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.gifts.model import Purchase
from plaudit.limits import PRICES_KEPT_S, PRICES_REMEMBERED
from plaudit.money import Money
from plaudit.selling.orders.regions import usual_prices
from plaudit.selling.prices.current import current_book
from plaudit.selling.prices.pricing import NoPrices, Price
from plaudit.selling.wallet.worth import Valuation, valuation
from plaudit.settings import Settings


class Prices:
    """Asks the price book, and remembers web prices for a while: shortages come in crowds."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._web: OrderedDict[int | None, tuple[float, Price]] = OrderedDict()

    async def valuation(self, person_id: int | None) -> Valuation | None:
        """What coins are worth to somebody; None while there are no prices."""
        try:
            async with self._database.read() as connection:
                return await valuation(connection, person_id, self._settings, self._clock)
        except NoPrices:
            return None

    async def region_of(self, person_id: int | None) -> str | None:
        """Whose prices somebody sees, a guest those of the default region; None while there are no prices."""
        web = await self._web_price(person_id)
        return web.region if web else None

    async def coin_worth(self, person_id: int) -> tuple[str, int] | None:
        """The currency somebody pays in on the web, and what a coin costs there, in millionths of its minor unit."""
        web = await self._web_price(person_id)
        return (web.currency, max(1, round(web.unit * 1_000_000))) if web else None

    async def of_shortage(self, person_id: int, coins_short: int) -> dict[str, Any]:
        """Fields for a problem: `price` of exactly the missing coins, `purchase` that can be made. None without prices.

        `purchase` is what a quote for `missing_coins` would say now; null when it is more than can be bought at once.
        """
        web = await self._web_price(person_id)
        if web is None:
            return {"price": None, "purchase": None}
        price = Valuation([], web).of(coins_short).money
        coins = max(coins_short, web.coins_min)
        if coins > web.coins_max:
            return {"price": price, "purchase": None}
        return {"price": price, "purchase": Purchase(coins, Money(web.cost(coins).gross, web.currency))}

    async def _web_price(self, person_id: int | None) -> Price | None:
        now = time.monotonic()
        known = self._web.get(person_id)
        if known and now - known[0] < PRICES_KEPT_S:
            return known[1]
        try:
            async with self._database.read() as connection:
                book = await current_book(connection, self._clock)
                found = await usual_prices(connection, book, person_id, self._settings, self._clock)
        except NoPrices:
            return None
        self._web[person_id] = (now, found[0])
        self._web.move_to_end(person_id)
        while len(self._web) > PRICES_REMEMBERED:
            self._web.popitem(last=False)
        return found[0]
