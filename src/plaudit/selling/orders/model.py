"""Quotes, orders and payments: their types, and what can go wrong with them."""

import enum
from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.countries import Country
from plaudit.ids import IdMeta
from plaudit.limits import COINS_PER_QUOTE_MAX, MONEY_MINOR_MAX, RETURN_URL_LENGTH_MAX
from plaudit.money import Money
from plaudit.problems import Conflict, Moment
from plaudit.selling.cards.model import ConsentVersion
from plaudit.selling.links.model import StoreLink
from plaudit.selling.orders.consents import ConsentGiven
from plaudit.selling.prices.pricing import Channel
from plaudit.selling.providers.news import Decline, Voucher
from plaudit.selling.providers.references import reference_of

RegionSource = Literal["identity", "requested", "default", "card", "network", "store_front"]
Refusal = Literal["reprice", "ask", "refuse"]
"""Why an agreed payment was let go: the price is another region's, where the buyer is must be shown, or not at all."""
CoinsMeta = Meta(ge=1, le=COINS_PER_QUOTE_MAX)
Coins = Annotated[int, CoinsMeta]


class OrderState(enum.StrEnum):
    """Where an order is. What may follow what is in the table order_transition."""

    CREATED = "created"
    PENDING = "pending"
    AUTHORISED = "authorised"
    """The buyer agreed, and the money is being taken."""
    PAID = "paid"
    DECLINED = "declined"
    EXPIRED = "expired"
    REFUSED = "refused"
    """The buyer agreed, and we let the money go; `refusal` says why."""


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
        Annotated[
            str, Meta(pattern=r"^[A-Z]{3}$(?!\n)", description="Of amount_minor; must be the currency of the region.")
        ]
        | None
    ) = None
    channel: Channel = "web"
    region: Annotated[Country, Meta(description="Used when the identity names no country with prices.")] | None = None
    subdivision: (
        Annotated[
            str,
            Meta(
                pattern=r"^[A-Z0-9]{1,3}$(?!\n)",
                description="The state or province of the billing address, as in ISO 3166-2 without the country. Left "
                "out, what was said last.",
                examples=["ON"],
            ),
        ]
        | None
    ) = None
    postal_code: (
        Annotated[
            str,
            Meta(pattern=r"^[A-Z0-9 -]{2,12}$(?!\n)", description="Of the billing address, in capital letters."),
        ]
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
    signature: str = ""
    decision_id: UUID | None = None
    """Why it has the prices of its region; None before decisions were kept."""


class OrderRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A quote to be paid."""

    id: Annotated[UUID, IdMeta]
    quote_id: UUID
    provider: Annotated[
        str, Meta(pattern=r"^[a-z0-9_]{1,30}$(?!\n)", description="Who takes the payment.", examples=["sandbox"])
    ]
    method: (
        Annotated[
            str,
            Meta(
                pattern=r"^[a-z0-9_]{1,40}$(?!\n)",
                description="One of the provider's methods, as `ways` of the prices name it.",
            ),
        ]
        | None
    ) = None
    card_id: (
        Annotated[UUID, Meta(description="A saved card of the buyer's that pays at once; its provider is `provider`.")]
        | None
    ) = None
    save_card: ConsentVersion | None = None
    """That the card which will pay is to be saved."""
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
    store_link: Annotated[
        StoreLink | None, Meta(description="By which the buyer came from an app, whose store counts that.")
    ] = None
    locale: (
        Annotated[
            str,
            Meta(
                pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$(?!\n)",
                description="What the checkout is written in, as BCP 47; otherwise what the buyer reads.",
                examples=["de"],
            ),
        ]
        | None
    ) = None
    consent: (
        Annotated[
            ConsentGiven,
            Meta(
                description="Where buyers have a right of withdrawal: that they agreed to its end with the use of "
                "their coins. Kept with the order, and confirmed with its receipt."
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
    quantity: int = 1
    """How many times the quote was bought: stores sell several units at once. Coins and amounts are of all of them."""
    refusal: Refusal | None = None
    refusal_reasons: list[str] | None = None
    refusal_region: str | None = None
    """Whose price is the right one."""
    processing_since: datetime | None = None
    """Since when the buyer is done at the checkout and the money is on its way, as by a bank debit or a voucher."""
    locale: str = "en"
    """What the checkout is written in."""
    book_version: int
    """The prices it was quoted by."""
    decision_id: UUID | None = None
    """Why it has those of its region; None before decisions were kept."""
    voucher: Voucher | None = None
    """What the buyer pays with elsewhere; while the order is pending it is still to be paid."""
    method: str | None = None
    """The provider's method that was chosen before the checkout; None: the provider asked."""
    card_id: UUID | None = None
    """The saved card that pays; None: the provider asks."""
    card_consent_id: UUID | None = None
    """That the card it is paid with is to be saved; None: it is not."""
    authenticates: bool = False
    """Whether the buyer's bank is to ask them even where it need not."""
    decline: Decline | None = None
    """Why the card did not pay."""

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.currency)

    @property
    def reference(self) -> str:
        """What providers know the order by; also its idempotency key there."""
        return reference_of(self.person_id, self.order_id)


class PaymentProblemKind(enum.StrEnum):
    """Why somebody has to look at a payment."""

    AMOUNT_DIFFERS = "amount_differs"
    PAID_LATE = "paid_late"
    PAID_TWICE = "paid_twice"
    PRICE_DIFFERS = "price_differs"
    FRAUD_WARNING = "fraud_warning"
    CAPTURE_CONTRADICTION = "capture_contradiction"
    EXCESS_DISPUTE = "excess_dispute"
    EXCESS_REVERSAL = "excess_reversal"
    REVERSAL_DIFFERS = "reversal_differs"
    NOT_FINISHED = "not_finished"
    NOT_CARRIED_OUT = "not_carried_out"
    CAP_PASSED = "cap_passed"


class PaymentProblem(msgspec.Struct, frozen=True, kw_only=True):
    """Money that came otherwise than it was ordered. `credited`: the buyer has the coins all the same."""

    problem_id: UUID
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
    detail: str
    noticed_at: datetime
    resolved_at: datetime | None
    resolved_by: int | None
    resolution: str | None


class QuoteExpired(Conflict):
    code: ClassVar[str] = "quote_expired"
    title: ClassVar[str] = "The price was promised for some minutes, which are over; ask for a new quote."

    class Fields(msgspec.Struct, frozen=True):
        expired_at: Moment

    def __init__(self, expired_at: datetime) -> None:
        super().__init__(expired_at=expired_at)


class QuoteNotOurs(Conflict):
    code: ClassVar[str] = "quote_not_ours"
    title: ClassVar[str] = "This quote does not carry our signature; nothing was taken. Ask for a new quote."


class QuoteAlreadyOrdered(Conflict):
    code: ClassVar[str] = "quote_already_ordered"
    title: ClassVar[str] = "This quote belongs to another order; ask for a new one."
