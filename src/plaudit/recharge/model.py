"""Quotes, orders, payments, receipts and wallets: their types, and what can go wrong with them."""

import enum
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Annotated, ClassVar, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.limits import COINS_PER_QUOTE_MAX, MONEY_MINOR_MAX, RETURN_URL_LENGTH_MAX
from plaudit.money import Money
from plaudit.problems import Conflict, NotFound, Problem
from plaudit.recharge.pricing import Channel

RegionSource = Literal["identity", "requested", "default"]
IdMeta = Meta(description="UUID of version 7, made by the caller; repeating it with the same body repeats the answer.")
CoinsMeta = Meta(ge=1, le=COINS_PER_QUOTE_MAX)
Coins = Annotated[int, CoinsMeta]


class OrderState(enum.StrEnum):
    """Where an order is. What may follow what is in the table order_transition."""

    CREATED = "created"
    PENDING = "pending"
    PAID = "paid"
    DECLINED = "declined"
    EXPIRED = "expired"


class QuoteRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a price is asked for: exactly one of package_coins, coins, missing_coins and amount_minor."""

    id: Annotated[UUID, IdMeta]
    package_coins: Annotated[int, CoinsMeta, Meta(description="A package of the price book.")] | None = None
    coins: Annotated[int, CoinsMeta, Meta(description="A custom amount in coins.")] | None = None
    missing_coins: (
        Annotated[
            int, CoinsMeta, Meta(description="Coins that are missing; the fewest that can be bought and are enough.")
        ]
        | None
    ) = None
    amount_minor: (
        Annotated[
            int, Meta(ge=1, le=MONEY_MINOR_MAX, description="A custom amount in money; as many coins as it buys.")
        ]
        | None
    ) = None
    currency: (
        Annotated[str, Meta(pattern="^[A-Z]{3}$", description="Of amount_minor; must be the currency of the region.")]
        | None
    ) = None
    channel: Channel = "web"
    region: (
        Annotated[str, Meta(pattern="^[A-Z]{2}$", description="Used when the identity names no country with prices.")]
        | None
    ) = None


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """A price promised until `expires_at`, with all it was made from."""

    shard: int
    person_id: int
    quote_id: UUID
    request: str
    book_version: int
    region: str
    region_source: RegionSource
    channel: Channel
    coins: int
    coins_left_over: int
    unused_minor: int
    currency: str
    net_minor: int
    tax_minor: int
    price_minor: int
    tax_name: str
    tax_rate_bps: int
    store_fee_bps: int
    created_at: datetime
    expires_at: datetime


class OrderRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A quote to be paid."""

    id: Annotated[UUID, IdMeta]
    quote_id: UUID
    provider: Annotated[
        str, Meta(pattern="^[a-z0-9_]{1,30}$", description="Who takes the payment.", examples=["sandbox"])
    ]
    return_url: (
        Annotated[
            str,
            Meta(
                min_length=1,
                max_length=RETURN_URL_LENGTH_MAX,
                description="Where the buyer comes back to: a path here, or an address of an allowed host. "
                "The order's own page when it is left out.",
            ),
        ]
        | None
    ) = None


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A quote being paid, with what was quoted."""

    shard: int
    order_id: UUID
    person_id: int
    quote_id: UUID
    provider: str
    return_url: str
    state: OrderState
    payment_id: str | None
    checkout_url: str | None
    created_at: datetime
    changed_at: datetime
    expires_at: datetime
    polls: int
    channel: Channel
    region: str
    coins: int
    currency: str
    net_minor: int
    tax_minor: int
    price_minor: int
    tax_name: str
    tax_rate_bps: int
    store_fee_bps: int
    needs_review: bool

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.currency)

    @property
    def reference(self) -> str:
        """What providers know the order by; also its idempotency key there."""
        return f"{self.person_id}-{self.order_id}"


def read_reference(reference: str) -> tuple[int, UUID] | None:
    """Person and order of a reference; None when it is none of ours."""
    person, dash, order = reference.partition("-")
    if not (dash and person.isascii() and person.isdecimal() and len(person) < 19):
        return None
    try:
        return int(person), UUID(order)
    except ValueError:
        return None


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The proof of a paid order."""

    shard: int
    order_id: UUID
    person_id: int
    seller_code: str
    number: int
    seller_name: str
    seller_address: str
    issued_at: datetime
    paid_at: datetime
    channel: Channel
    region: str
    provider: str
    coins: int
    currency: str
    net_minor: int
    tax_minor: int
    price_minor: int
    tax_name: str
    tax_rate_bps: int

    @property
    def full_number(self) -> str:
        """Unique and without gaps within its series, which is the seller and the shard."""
        return f"{self.seller_code}-{self.shard}-{self.number:06d}"


class PaymentProblemKind(enum.StrEnum):
    """Why somebody has to look at a payment."""

    AMOUNT_DIFFERS = "amount_differs"
    PAID_LATE = "paid_late"
    PAID_TWICE = "paid_twice"


class PaymentProblem(msgspec.Struct, frozen=True, kw_only=True):
    """Money that came otherwise than it was ordered. `credited`: the buyer has the coins all the same."""

    shard: int
    order_id: UUID
    person_id: int
    kind: PaymentProblemKind
    payment_id: str
    expected_minor: int
    expected_currency: str
    paid_minor: int
    paid_currency: str
    credited: bool
    noticed_at: datetime
    resolved_at: datetime | None
    resolution: str | None


class Wallet(msgspec.Struct, frozen=True):
    """What a viewer can spend, and how far the strip has been spent."""

    coins: int
    spent: int


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

    @property
    def worth(self) -> Fraction:
        """What the unspent part cost, in minor units of the lot's currency; nothing for promotional coins."""
        return Fraction((self.price_minor or 0) * self.unspent, self.coins)


class LotPart(msgspec.Struct, frozen=True, kw_only=True):
    """The coins of one lot in a stretch of the strip."""

    gift_id: UUID
    lot_id: UUID
    kind: Literal["paid", "promotional"]
    coins: int
    lot_coins: int
    price_minor: int | None
    currency: str | None

    @property
    def worth(self) -> Fraction:
        """What these coins cost, in minor units of the lot's currency."""
        return Fraction((self.price_minor or 0) * self.coins, self.lot_coins)


class PriceView(msgspec.Struct, frozen=True, kw_only=True):
    """What one coin is worth to a viewer: `numerator / denominator` minor units, exactly.

    `basis` says why: "paid" is what the viewer's next unspent coins cost, "list" is the web price of the region.
    """

    currency: str
    numerator: int
    denominator: int
    basis: Literal["paid", "list"]

    @property
    def per_coin(self) -> Fraction:
        return Fraction(self.numerator, self.denominator)


class Worth(msgspec.Struct, frozen=True):
    """What a number of coins is worth to a viewer, exactly; "mixed": partly what they cost, partly at list price."""

    minor: Fraction
    currency: str
    basis: Literal["paid", "list", "mixed"]


class NoPrices(NotFound):
    code: ClassVar[str] = "no_prices"
    title: ClassVar[str] = "There is no price book yet."


class QuoteExpired(Conflict):
    code: ClassVar[str] = "quote_expired"
    title: ClassVar[str] = "The price was promised for some minutes, which are over; ask for a new quote."

    def __init__(self, expired_at: datetime) -> None:
        super().__init__(expired_at=expired_at)


class QuoteAlreadyOrdered(Conflict):
    code: ClassVar[str] = "quote_already_ordered"
    title: ClassVar[str] = "This quote belongs to another order; ask for a new one."


class ProviderUnavailable(Problem):
    code: ClassVar[str] = "provider_unavailable"
    status: ClassVar[int] = 503
    title: ClassVar[str] = (
        "The payment provider does not answer just now. Nothing was taken; try again with the same id."
    )

    def __init__(self, provider: str, retry_after: timedelta = timedelta(seconds=5)) -> None:
        super().__init__(provider=provider)
        self._retry_after_s = int(retry_after.total_seconds())

    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self._retry_after_s)}


class ProviderRefused(Problem):
    code: ClassVar[str] = "provider_refused"
    status: ClassVar[int] = 502
    title: ClassVar[str] = "The payment provider refused the request. Nothing was taken."

    def __init__(self, provider: str, reason: str) -> None:
        super().__init__(provider=provider, reason=reason)


class SignatureNotValid(Problem):
    code: ClassVar[str] = "signature_not_valid"
    status: ClassVar[int] = 401
    title: ClassVar[str] = "The signature of the webhook is not valid."
