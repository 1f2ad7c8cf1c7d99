"""What payment providers tell: of payments, of what went back, of cards, accounts and links."""

import enum
from datetime import datetime
from hashlib import sha256
from uuid import UUID

import msgspec

from plaudit.money import Money
from plaudit.policy.model import Evidence

NO_MONEY = Money(0, "XXX")
"""The amount where there is none: XXX is no currency, by ISO 4217. Nothing was paid, or nobody says what."""


class PaymentState(enum.StrEnum):
    """Where a payment is at its provider."""

    OPEN = "open"
    """The buyer has not paid yet."""
    AUTHORISED = "authorised"
    """The buyer agreed and the money is reserved; it is taken by capture() or let go by cancel()."""
    PROCESSING = "processing"
    """The buyer is done at the checkout; the money is on its way, or still to be paid with a voucher."""
    PAID = "paid"
    DECLINED = "declined"
    EXPIRED = "expired"


class VoucherNumber(msgspec.Struct, frozen=True):
    """What is typed in or shown at a till. `name` is the provider's word for it, such as reference, or a shop."""

    name: str
    value: str


class Voucher(msgspec.Struct, frozen=True, kw_only=True):
    """What a buyer pays with elsewhere: at a till, or by their bank."""

    method: str
    """The provider's word for it, such as konbini or boleto."""
    missing_minor: int
    """What is not paid yet, in the currency of the payment."""
    numbers: tuple[VoucherNumber, ...] = ()
    url: str | None = None
    """Where the provider shows it."""
    pay_by: datetime | None = None

    @property
    def edition(self) -> str:
        """What tells it from another one of the same order, however much of it is paid: a digest, as codes of banks may
        be long."""
        told = " ".join(number.value for number in self.numbers) or self.url or self.method
        return sha256(told.encode()).hexdigest()


class Decline(enum.StrEnum):
    """Why a card did not pay, as far as its holder may be told."""

    DECLINED = "declined"
    """The bank does not say why."""
    INSUFFICIENT_FUNDS = "insufficient_funds"
    CARD_EXPIRED = "card_expired"
    NOT_AUTHENTICATED = "not_authenticated"
    """The bank asked whether it is them, and was not convinced."""


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """A payment as its provider sees it now."""

    id: str
    reference: str
    state: PaymentState
    amount: Money
    is_priced: bool = True
    """Whether the provider says what was paid; `amount` says nothing otherwise."""
    fee_minor: int | None = None
    """What the provider keeps, in the currency of the payment; None while it does not say."""
    paid_at: datetime | None = None
    checkout_url: str | None = None
    coins: int | None = None
    """What a store's product and quantity stand for; None where the amount of money alone was agreed."""
    evidence: tuple[Evidence, ...] = ()
    """What the payment shows about the country of whoever pays."""
    voucher: Voucher | None = None
    """What the buyer has to pay with elsewhere, while that is to be done."""
    decline: Decline | None = None
    """Why it was declined, where the provider says."""
    card: str | None = None
    """The provider's own sign of the card, the same for one card whoever pays with it; it shows no number."""
    credit_card_of: str | None = None
    """The country of the bank behind the credit card that pays, where the provider says that it is neither debit nor
    prepaid."""


class StorePayment(Payment, frozen=True, kw_only=True):
    """A payment in an app store. `id` is the store's transaction, which gives coins once; `reference` is the account
    token the app handed over, which is the order's id, or empty when there was none; `coins` are those of all units."""

    environment: str
    """The store's own word for it, such as Production; transactions are unique within it."""
    product_id: str
    quantity: int = 1
    """Units of the product in this one payment."""


class ReversalKind(enum.StrEnum):
    """Why money of a payment goes back."""

    REFUND = "refund"
    """We, or somebody at the provider's own desk, gave it back."""
    VOID = "void"
    """The app store took it back."""
    CHARGEBACK = "chargeback"
    """The payer disputes it with the bank."""


class ReversalState(enum.StrEnum):
    """Where a reversal is at the provider."""

    OPENED = "opened"
    """The money is promised or withheld; that may yet change."""
    DONE = "done"
    """The money is gone."""
    UNDONE = "undone"
    """The money is ours again, or never left: the refund failed, the dispute was won, the void was lifted."""


class ReversalNews(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider says of a refund, void or dispute as it is now; in any order, any number of times."""

    id: str
    """The provider's own, the same through all states."""
    kind: ReversalKind
    payment_id: str
    state: ReversalState
    reversal_id: UUID | None = None
    """Ours, when we asked for it."""
    amount: Money | None = None
    """None: `share_ppm` says how much."""
    share_ppm: int | None = None
    """Share of the payment in millionths: stores say percentages and quantities."""
    fee_minor: int = 0
    """What the provider charges for it beside the amount, in the currency of the payment."""
    reason: str = ""
    at: datetime | None = None
    respond_until: datetime | None = None
    """Until when a dispute can be answered."""


class PaymentNews(msgspec.Struct, frozen=True, kw_only=True):
    """A payment moved."""

    payment: Payment


class FraudWarning(msgspec.Struct, frozen=True, kw_only=True):
    """The card's network believes that a payment was fraud; a dispute is likely."""

    id: str
    payment_id: str
    reason: str
    is_of_network: bool = False
    """Whether the card's network says it itself: a refund now is cheaper than the dispute."""


class WarningEnded(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody at the provider looked at what a FraudWarning was about, and let the payment be."""

    id: str
    """That of the warning."""
    payment_id: str
    reason: str


class RefundDeclined(msgspec.Struct, frozen=True, kw_only=True):
    """A store was asked for money of a payment, and gives none back."""

    payment_id: str
    at: datetime


class AccountNotice(msgspec.Struct, frozen=True, kw_only=True):
    """Something about the account or its people, and no payment, in words for operators."""

    words: str
    needs_somebody: bool = False
    """Whether it is to be listed until somebody looked at it."""


class ConsentWithdrawn(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever answers for an account at the store takes back what they agreed to."""

    account: str
    at: datetime
    """When the store says so."""


class CardsChanged(msgspec.Struct, frozen=True, kw_only=True):
    """The cards kept for a customer are others than before, or lie otherwise."""

    customer_id: str


class ConsumptionRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A store asks how much of a purchase was used, before it decides on a refund."""

    id: str
    """What the answer must name."""
    payment_id: str
    reason: str
    answer_until: datetime


class LinkNews(msgspec.Struct, frozen=True, kw_only=True):
    """A store asks what came of a link out of its app, of which it has heard nothing."""

    link_id: str
    begun_at: datetime
    report_hours: int
    """As in Capabilities."""


News = (
    PaymentNews
    | ReversalNews
    | FraudWarning
    | WarningEnded
    | ConsumptionRequest
    | RefundDeclined
    | AccountNotice
    | ConsentWithdrawn
    | CardsChanged
    | LinkNews
)


class WebhookMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message whose sender is proved: its id, the same in every copy of it, and its kind."""

    id: str
    kind: str
