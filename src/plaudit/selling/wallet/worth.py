"""What coins are worth to a viewer: one rule, for the catalogue, the tray of a room and the wallet.

The next unspent coins are worth what they cost, lot after lot, rounded as what is taken back; the rest the web price,
rounded as a price is, up. So coins that are missing are worth exactly what buying them costs. `static/js/worth.js` is
the same rule on pages; `tests/scripts/worth.examples.json` holds the two together.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Literal

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.limits import WALLET_LOTS_MAX
from plaudit.money import round_half_up, round_up
from plaudit.selling.prices.pricing import Price
from plaudit.selling.wallet.model import OpenLot, PriceView, Worth
from plaudit.selling.wallet.reading import read_holding, web_price
from plaudit.settings import Settings


class Valuation(msgspec.Struct, frozen=True):
    """The lots of a viewer in the order in which they will be spent, and today's web price in their region.

    Promotional coins, those bought in another currency than the region's, and those behind the first WALLET_LOTS_MAX
    lots are worth the web price.
    """

    lots: Sequence[OpenLot]
    web: Price

    def of(self, coins: int, spent: int = 0) -> Worth:
        """What a number of coins is worth, in steps of web prices; never nothing.

        Args:
            coins: so many of the next.
            spent: so many go before them.
        """
        cost, listed, paid, left = Fraction(0), Fraction(0), 0, coins
        for lot in self.lots[:WALLET_LOTS_MAX]:
            taken = min(max(0, lot.unspent - spent), left)
            spent = max(0, spent - lot.unspent)
            left -= taken
            if self._is_paid(lot):
                cost += taken * self._unit(lot)
                paid += taken
            else:
                listed += taken * self.web.unit
            if not left:
                break
        listed += left * self.web.unit
        basis: Literal["paid", "list", "mixed"] = "list" if not paid else "paid" if paid == coins else "mixed"
        step = self.web.step_minor
        steps = round_half_up(cost / step) + round_up(listed / step)
        return Worth(max(steps, min(coins, 1)) * step, self.web.currency, basis)

    @property
    def per_coin(self) -> PriceView:
        """What the next coin is worth, exactly."""
        first = next(iter(self.lots), None)
        unit = self._unit(first) if first else self.web.unit
        return PriceView(
            currency=self.web.currency,
            numerator=unit.numerator,
            denominator=unit.denominator,
            basis="paid" if first and self._is_paid(first) else "list",
        )

    def for_scripts(self) -> dict[str, Any]:
        """The same as fields of a page's data: `lots` and `rate`."""
        lots = [
            _for_scripts(self._unit(lot)) | {"unspent": lot.unspent, "paid": self._is_paid(lot)}
            for lot in self.lots[:WALLET_LOTS_MAX]
        ]
        rate = _for_scripts(self.web.unit) | {"currency": self.web.currency, "step_minor": self.web.step_minor}
        return {"lots": lots, "rate": rate}

    def _is_paid(self, lot: OpenLot) -> bool:
        return lot.kind == "paid" and lot.currency == self.web.currency

    def _unit(self, lot: OpenLot) -> Fraction:
        """Minor units of one coin of a lot."""
        return Fraction(lot.price_minor or 0, lot.coins) if self._is_paid(lot) else self.web.unit


def _for_scripts(unit: Fraction) -> dict[str, Any]:
    """So many coins for so much: scripts have no fractions."""
    return {"amount_minor": unit.numerator, "coins": unit.denominator}


async def valuation(connection: Connection, person_id: int | None, settings: Settings, clock: Clock) -> Valuation:
    """What the coins of somebody are worth; a guest (None) has none.

    Raises:
        NoPrices: no price book has been published.
    """
    holding = await read_holding(connection, person_id) if person_id else None
    return Valuation(holding.lots if holding else [], await web_price(connection, person_id, settings, clock))
