"""What accountants read: days with what moved on them, unspent balances, and what can go wrong."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from plaudit.problems import Conflict

Kind = Literal["paid", "promotional"]


class Position(msgspec.Struct, frozen=True):
    """How far one shard is accounted: `day` is the first that is not closed."""

    shard: int
    day: date
    summed_until: datetime


class Extent(msgspec.Struct, frozen=True):
    """What is closed in all shards, and until when the days after it are summed; nothing before the first lot."""

    first_day: date | None = None
    last_closed_day: date | None = None
    summed_until: datetime | None = None

    @property
    def has_closed_days(self) -> bool:
        return None not in {self.first_day, self.last_closed_day}


class DayFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One day of one kind of coins, entity and currency.

    Coins, and what they cost in minor units without tax: opening + sold + put back − used − refunded − expired is
    closing. The money beside them is that of the journal. Promotional coins have neither entity nor currency, and cost
    nothing.
    """

    day: date
    kind: Kind
    entity: str
    currency: str
    opening_coins: int
    sold_coins: int
    put_back_coins: int
    used_coins: int
    refunded_coins: int
    expired_coins: int
    closing_coins: int
    opening_minor: int
    sold_minor: int
    put_back_minor: int
    used_minor: int
    refunded_minor: int
    expired_minor: int
    closing_minor: int
    gross_sales_minor: int
    sale_tax_minor: int
    sale_fee_minor: int
    gross_refunds_minor: int
    chargebacks_minor: int
    refund_tax_minor: int
    refund_fee_minor: int
    dispute_fee_minor: int
    revenue_reversed_minor: int

    @property
    def place(self) -> "DayPlace":
        return DayPlace(self.day, self.kind, self.entity, self.currency)

    @property
    def net_proceeds_minor(self) -> int:
        """What is left of the day's money after tax and fees, and after what went back."""
        kept = self.gross_sales_minor - self.sale_tax_minor - self.sale_fee_minor - self.dispute_fee_minor
        return kept - self.gross_refunds_minor - self.chargebacks_minor + self.refund_tax_minor + self.refund_fee_minor


FLOWS = ("sold", "put_back", "used", "refunded", "expired")
BALANCES = ("opening", *FLOWS, "closing")
MONEY = (
    "gross_sales", "sale_tax", "sale_fee", "gross_refunds", "chargebacks", "refund_tax", "refund_fee", "dispute_fee",
    "revenue_reversed",
)  # fmt: skip


class DayPlace(msgspec.Struct, frozen=True, order=True, array_like=True):
    """Where a row stands in a roll-forward."""

    day: date
    kind: Annotated[str, Meta(pattern=r"^[a-z]{0,20}$(?!\n)")] = ""
    entity: Annotated[str, Meta(pattern=r"^[A-Z0-9]{0,20}$(?!\n)")] = ""
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{0,3}$(?!\n)")] = ""


class Period(msgspec.Struct, frozen=True):
    """Days from the first to the last, both included, of all entities and currencies or of one."""

    first: date
    last: date
    entity: str | None = None
    currency: str | None = None


class Choices(msgspec.Struct, frozen=True):
    """What days can be narrowed to: entities by name, and currencies, the most used first."""

    entities: list[str]
    currencies: list[str]


class Unspent(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Unspent coins at a moment, and what they cost in minor units without tax."""

    kind: Kind
    entity: str
    region: str
    channel: str
    currency: str
    coins: int
    minor: int


class Volumes(msgspec.Struct, frozen=True, kw_only=True):
    """What moved since a moment."""

    coins_sold: int
    recharges: int
    gifts_delivered: int
    coins_delivered: int
    gifts_waiting: int
    diamonds: int
    payouts: int
    payout_diamonds: int


class Hour(msgspec.Struct, frozen=True, kw_only=True):
    """Coins sold and delivered in one hour."""

    at: datetime
    coins_sold: int
    coins_delivered: int


class DayNotClosed(Conflict):
    """A day cannot be opened again because it never was closed."""

    code: ClassVar[str] = "day_not_closed"
    title: ClassVar[str] = "That day is not closed."
