"""What becomes of the money that was paid for coins: types."""

from datetime import datetime
from fractions import Fraction
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.money import round_down, round_half_up
from plaudit.selling.prices.pricing import Channel

FINE = 100
"""Parts of a minor unit that small sums are told in: nothing is left of a cent that is split in whole ones."""
FINE_BELOW_MINOR = 100
"""Sums below are small."""


class Shares(msgspec.Struct, frozen=True, kw_only=True):
    """Where money for coins goes, exactly, in minor units."""

    paid: Fraction = Fraction(0)
    tax: Fraction = Fraction(0)
    fee: Fraction = Fraction(0)
    """What the store or the payment provider keeps."""
    creator: Fraction = Fraction(0)

    def __add__(self, other: "Shares") -> "Shares":
        return Shares(
            paid=self.paid + other.paid,
            tax=self.tax + other.tax,
            fee=self.fee + other.fee,
            creator=self.creator + other.creator,
        )

    def split(self, channel: Channel, coins: int, currency: str) -> "Split":
        """The same in whole numbers that add up: each rounded, creators' as payouts are; the rest is the house's."""
        scale = FINE if self.paid < FINE_BELOW_MINOR else 1
        paid, tax, fee = (round_half_up(share * scale) for share in (self.paid, self.tax, self.fee))
        creator = round_down(self.creator * scale)
        return Split(
            channel=channel,
            coins=coins,
            currency=currency,
            scale=scale,
            paid=paid,
            tax=tax,
            fee=fee,
            creator=creator,
            house=paid - tax - fee - creator,
        )


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """Where the money for some coins goes: `paid` is the sum of all others, each in `1 / scale` minor units."""

    channel: Channel
    coins: int
    currency: str
    scale: Annotated[
        int, Meta(description="1: amounts are minor units; 100: hundredths of them, where they are small.")
    ]
    paid: int
    tax: int
    fee: Annotated[int, Meta(description="What the app store or the payment provider keeps.")]
    creator: Annotated[
        int, Meta(description="At the reward rule and the payout rate of the moment, before a payout's fee.")
    ]
    house: Annotated[int, Meta(description="What is left for whoever runs this; below zero: they add it.")]

    @property
    def parts(self) -> tuple[tuple[str, int], ...]:
        """What `paid` is the sum of."""
        return ("tax", self.tax), ("fee", self.fee), ("creator", self.creator), ("house", self.house)

    def minor(self, amount: int) -> Fraction:
        """One of the amounts in minor units."""
        return Fraction(amount, self.scale)

    def share_bps(self, amount: int) -> int:
        """One of the amounts as a part of all that was paid."""
        return round_half_up(Fraction(amount * 10_000, self.paid)) if self.paid else 0

    def share_percent(self, amount: int) -> int:
        """The same in whole percent."""
        return round_half_up(Fraction(amount * 100, self.paid)) if self.paid else 0


class LotMoney(msgspec.Struct, frozen=True):
    """What the books say of the money of a lot."""

    lot_id: UUID
    channel: Channel
    currency: str
    coins: int
    price_minor: int
    tax_minor: int
    fee_minor: int


class WorkedGift(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the money behind a gift, by the books. Coins that are not in `splits` were presents, or have been
    taken back with their money."""

    gift_id: UUID
    charged_at: datetime
    item_name: str | None
    creator_id: int
    count: int
    coins: int
    splits: list[Split]
    """One for each channel and currency; none in a currency in which nobody says what creators get."""


class Typical(msgspec.Struct, frozen=True, kw_only=True):
    """The same coins in each channel, by the price book."""

    coins: int
    region: str
    book_version: int
    splits: list[Split]
