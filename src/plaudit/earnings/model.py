"""Statements of creators: types."""

import enum
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta


class Issuer(msgspec.Struct, frozen=True):
    """Who issues statements, as they name them."""

    name: str
    address: str
    tax_id: str


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """A paper: its number, and of whose month it is. Later editions of a month correct the earlier ones."""

    year: int
    number: int
    shard: int
    creator_id: int
    month: date
    edition: int
    issued_at: datetime
    issuer_name: str
    issuer_address: str
    issuer_tax_id: str
    creator_name: str
    reason: str
    """Why an earlier one is corrected; empty: it corrects none."""
    hash: bytes
    corrects: str | None = None
    """The number of the edition before."""
    corrected_by: str | None = None
    """The number of the edition after."""

    @property
    def full_number(self) -> str:
        return full_number(self.year, self.number)

    @property
    def is_correction(self) -> bool:
        return self.edition > 1


def full_number(year: int, number: int) -> str:
    """The number of a statement as people read it: 2026-S000042."""
    return f"{year}-S{number:06d}"


class Roll(msgspec.Struct, frozen=True, kw_only=True):
    """What there was of something when a month began, what came and went, and what was left."""

    opening: int
    came: int
    went: int
    closing: int


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """A month in sums, as it is kept."""

    gifts: int
    received_coins: int
    promotional_coins: int
    opening_coins: int
    coins_in: int
    coins_out: int
    closing_coins: int
    opening_pending: int
    pending_in: int
    pending_out: int
    closing_pending: int
    opening_available: int
    available_in: int
    available_out: int
    closing_available: int
    opening_in_payout: int
    in_payout_in: int
    in_payout_out: int
    closing_in_payout: int

    @property
    def coins(self) -> Roll:
        return Roll(opening=self.opening_coins, came=self.coins_in, went=self.coins_out, closing=self.closing_coins)

    @property
    def pending(self) -> Roll:
        return Roll(
            opening=self.opening_pending, came=self.pending_in, went=self.pending_out, closing=self.closing_pending
        )

    @property
    def available(self) -> Roll:
        return Roll(
            opening=self.opening_available,
            came=self.available_in,
            went=self.available_out,
            closing=self.closing_available,
        )

    @property
    def in_payout(self) -> Roll:
        return Roll(
            opening=self.opening_in_payout,
            came=self.in_payout_in,
            went=self.in_payout_out,
            closing=self.closing_in_payout,
        )


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What moved of one kind; each amount is signed by what it adds to."""

    line: int
    reason: str
    movements: int
    coins: int
    pending: int
    available: int
    in_payout: int
    rule_version: int | None
    coins_per_rule: int | None
    """How many coins become `diamonds_per_rule` by the rule."""
    diamonds_per_rule: int | None
    payout_id: UUID | None
    at: datetime | None
    currency: str | None
    gross_minor: int | None
    fee_minor: int | None
    net_minor: int | None
    rate_version: int | None
    rate_minor: int | None
    """What `rate_diamonds` are worth, in minor units."""
    rate_diamonds: int | None


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A room or a video where gifts were given."""

    place_id: int
    is_video: bool
    began_at: datetime | None
    gifts: int
    paid_coins: int
    promotional_coins: int


class Country(msgspec.Struct, frozen=True, kw_only=True):
    """Coins by where whoever paid for them bought them, and the diamonds that conversions made of them."""

    country: str
    """Empty: no order paid for them."""
    opening_coins: int
    coins_in: int
    coins_out: int
    closing_coins: int
    diamonds: int


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """All that a statement says."""

    statement: Statement
    sums: Sums
    lines: list[Line]
    places: list[Place]
    """Those with most coins first; if there are more than are shown, the last has no number and is all others."""
    countries: list[Country]


class StatementFile(enum.StrEnum):
    """What a statement can be had as."""

    PDF = "pdf"
    CSV = "csv"


class Position(msgspec.Struct, frozen=True):
    """A shard whose months are summed."""

    shard: int


class IssuedStatement(msgspec.Struct, frozen=True):
    """A paper that was just issued."""

    year: int
    number: int
    shard: int
    creator_id: int
    month: date
    edition: int
    issued_at: datetime


Month = Annotated[str, Meta(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$(?!\n)", examples=["2026-11"])]
