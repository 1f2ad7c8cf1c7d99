"""What a viewer owns and what it is worth: types."""

from datetime import datetime
from fractions import Fraction
from typing import Literal
from uuid import UUID

import msgspec

from plaudit.money import Money, round_half_up


class Wallet(msgspec.Struct, frozen=True):
    """What a viewer can spend, how far the strip has been spent, and what is set aside by holds."""

    coins: int
    spent: int
    held: int = 0
    has_brake: bool = False
    """Whether limits of their own, or of a guardian, hold."""


class OpenLot(msgspec.Struct, frozen=True, kw_only=True):
    """An interval of the strip that is not spent yet, with the lot it belongs to."""

    start_coin: int
    unspent: int
    lot_id: UUID
    kind: Literal["paid", "promotional"]
    coins: int
    price_minor: int | None
    currency: str | None
    created_at: datetime
    expires_at: datetime | None

    @property
    def cost(self) -> Money | None:
        """What the unspent part cost, to the nearest minor unit; None for promotional coins."""
        if self.price_minor is None or self.currency is None:
            return None
        return Money(round_half_up(Fraction(self.price_minor * self.unspent, self.coins)), self.currency)


class Holding(msgspec.Struct, frozen=True):
    """A wallet, and the first of its open lots in the order in which they will be spent."""

    wallet: Wallet
    lots: list[OpenLot]


class Expiring(msgspec.Struct, frozen=True, kw_only=True):
    """Unspent coins that can be spent until one moment."""

    coins: int
    expires_at: datetime


class UnspentKind(msgspec.Struct, frozen=True, kw_only=True):
    """Unspent coins of lots that are alike: bought at one price, or promotional, and expiring at one moment."""

    kind: Literal["paid", "promotional"]
    price_minor: int | None
    currency: str | None
    coins: int
    """Of one lot."""
    expires_at: datetime | None
    unspent: int


class Unspent(msgspec.Struct, frozen=True):
    """What unspent coins are: bought for so much in each currency, promotional, or expiring, the soonest first."""

    paid: list[Money]
    promotional: int
    expiring: list[Expiring]


class LotPart(msgspec.Struct, frozen=True, kw_only=True):
    """The coins of one lot in a stretch of the strip; `coins_reversed` of them were taken back with their money."""

    gift_id: UUID
    lot_id: UUID
    kind: Literal["paid", "promotional"]
    coins: int
    coins_reversed: int
    lot_coins: int
    price_minor: int | None
    currency: str | None

    @property
    def cost_minor(self) -> Fraction:
        """What these coins cost, exactly, in minor units of the lot's currency."""
        return Fraction((self.price_minor or 0) * self.coins, self.lot_coins)


class PriceView(msgspec.Struct, frozen=True, kw_only=True):
    """What one coin is worth to a viewer: `numerator / denominator` minor units, exactly.

    `basis` says why: "paid" is what the viewer's next unspent coins cost, "list" is the web price of the region.
    """

    currency: str
    numerator: int
    denominator: int
    basis: Literal["paid", "list"]


class Worth(msgspec.Struct, frozen=True):
    """Coins in real money. `basis`: "paid" what they cost, "list" today's web price, "mixed" partly each."""

    amount_minor: int
    currency: str
    basis: Literal["paid", "list", "mixed"]

    @property
    def money(self) -> Money:
        return Money(self.amount_minor, self.currency)
