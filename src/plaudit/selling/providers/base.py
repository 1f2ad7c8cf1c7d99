"""What Plaudit asks of a payment provider."""

import enum
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Protocol, cast
from uuid import UUID

import msgspec

from plaudit.limits import MONEY_MINOR_MAX
from plaudit.money import Money
from plaudit.policy.model import Evidence, UnseenPayers
from plaudit.selling.prices.pricing import WEB, Channel


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


NO_MONEY = Money(0, "XXX")
"""The amount where there is none: XXX is no currency, by ISO 4217. Nothing was paid, or nobody says what."""


class AmountRange(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider takes of a currency at once, with both ends, in minor units."""

    least_minor: int = 1
    most_minor: int = MONEY_MINOR_MAX
    least_us_cents: int = 0
    """Where the provider says the least in another currency only."""


class CheckoutRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What the buyer is to pay. `reference` is also the idempotency key: the same one never makes two checkouts."""

    reference: str
    order_id: UUID
    coins: int
    price: Money
    description: str
    return_url: str
    expires_at: datetime
    locale: str = "en"
    method: str | None = None
    """The one of the provider's methods that was chosen; None: the provider asks."""
    unseen: UnseenPayers = UnseenPayers()
    """Whom ways to pay may be offered to that take the money before anybody is judged."""
    account_days: int = 0
    """For how long the buyer was known here when the order was placed, for the provider's look at risks."""
    authenticates: bool = False
    """Whether the buyer's bank is to ask them (3-D Secure) even where it need not."""
    customer_id: str | None = None
    """Whom the provider keeps cards for; None: nobody, and no card is saved or kept."""
    saves_card: bool = False
    """Whether the buyer agreed that the provider keeps the card."""
    card: str | None = None
    """The card it keeps that is to pay at once, by the provider's id."""


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
        """What tells it from another one of the same order, however much of it is paid."""
        return " ".join(number.value for number in self.numbers) or self.url or self.method


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


class StorePayment(Payment, frozen=True, kw_only=True):
    """A payment in an app store. `id` is the store's transaction, which gives coins once; `reference` is the account
    token the app handed over, which is the order's id, or empty when there was none; `coins` are those of all units."""

    environment: str
    """The store's own word for it, such as Production; transactions are unique within it."""
    product_id: str
    quantity: int = 1
    """Units of the product in this one payment."""


class RefundRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Money to be given back. `reversal_id` is also the idempotency key: the same one never refunds twice."""

    reversal_id: UUID
    payment_id: str
    reference: str
    """Of the order."""
    amount: Money
    reason: str


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
    | CardsChanged
    | LinkNews
)


class LinkToken(msgspec.Struct, frozen=True, kw_only=True):
    """A link out of an app, as the token says that its store gave the app for it."""

    id: str
    """The store's own."""
    begun_at: datetime | None = None
    """None: the token does not say."""


class LinkReportKind(enum.StrEnum):
    """What a store is told of a link out of its app."""

    SALE = "sale"
    REFUND = "refund"
    REFUND_UNDONE = "refund_undone"
    """Money that went back is here again: a dispute was won, or a refund failed."""
    NO_SALE = "no_sale"
    """Nothing was bought."""
    UNKNOWN_LINK = "unknown_link"
    """It never led here."""


class LinkedSale(msgspec.Struct, frozen=True, kw_only=True):
    """What was bought by way of a link, and, of a refund, what went back of it; in minor units of its currency."""

    sale_id: UUID
    """The report of the sale."""
    refund_id: UUID | None = None
    """That of the refund, of one that is undone."""
    product_id: str
    region: str
    currency: str
    net_minor: int
    tax_minor: int
    net_left_minor: int
    """What is left of the sale, without tax."""


class LinkReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a store is to be told of a link. `id` is the idempotency key."""

    id: UUID
    kind: LinkReportKind
    link_id: str
    token: str | None
    at: datetime
    sale: LinkedSale | None = None


class WebhookMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message whose sender is proved: its id, the same in every copy of it, and its kind."""

    id: str
    kind: str


class NamedMethod(msgspec.Struct, frozen=True, kw_only=True):
    """A method of a provider that buyers choose by name before they go there."""

    code: str
    title: str
    """What buyers call it; noted for the catalogues by `later` where that is no name."""
    currencies: frozenset[str] = frozenset()
    """What it pays in; none: whatever the provider takes."""
    is_judged_first: bool = True
    """Whether its payer can be judged before the money is taken."""
    home: str | None = None
    """The one country its payers are in; None: any."""

    def is_for(self, payers: UnseenPayers) -> bool:
        """Whether it may be offered where these may pay unseen."""
        return self.is_judged_first or payers.include(self.home)


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider can do beside what all can: whoever wants to know asks here."""

    channel: Channel = WEB
    """Whose quotes it takes payment for. In another than the web the app brings the proof: see StoreProvider."""
    consumption_needs_consent: bool = False
    """Whether the store may be told how much was used only when the buyer agreed to that."""
    voids_listed_days: int = 0
    """How far back it lists what it took back, to be asked for now and then; 0: its messages tell all of it."""
    gives_back_parts: bool = True
    """Whether a part of a payment can be given back; without, all that is left of it or nothing."""
    is_play_money: bool = False
    """Whether nobody pays with money."""
    in_app: bool = False
    """Whether it is paid in the host's own app or page."""
    can_save: bool = False
    """Whether it keeps cards for buyers who agree to that: see CardKeeper."""
    title: str = ""
    """What buyers call paying by it; empty: its name."""
    takes_links: bool = False
    """Whether it counts what is bought on the web by way of links out of its app: see LinkingStore."""
    link_regions: frozenset[str] = frozenset()
    """Where buyers may come by such links, as the settings say."""
    link_report_hours: int = 24
    """Within how many hours it wants to be told what came of a link."""
    asks_of_unused_links: bool = False
    """Whether it wants to be told of those by which nothing was bought."""
    methods: tuple[NamedMethod, ...] = ()
    """What is chosen by name here; none: the provider asks."""

    @property
    def is_store(self) -> bool:
        return self.channel != WEB


class PaymentProvider(Protocol):
    """A company that takes payments. All calls are safe to repeat.

    Every call that asks the provider may raise ProviderUnavailable (it does not answer, or not now: try again) and
    ProviderRefused (it will not, whatever the number of tries).
    """

    name: str
    capabilities: Capabilities

    def takes(self, price: Money) -> bool:
        """Whether this amount of this currency can be paid by it at all; asked before an order is placed."""
        ...

    def step_minor(self, currency: str) -> int:
        """The smallest amount of a currency it can write, in minor units: all it takes or gives back is a multiple."""
        ...

    def range_of(self, currency: str) -> AmountRange | None:
        """How little and how much of a currency can be paid by it, which quotes keep to; None: nothing at all."""
        ...

    async def create_checkout(self, request: CheckoutRequest) -> Payment:
        """Prepare the page where the buyer pays; `checkout_url` is its address."""
        ...

    async def fetch(self, payment_id: str) -> Payment:
        """The payment as it is now."""
        ...

    async def capture(self, payment_id: str) -> Payment:
        """Take the money of an authorised payment; of one that is paid, nothing happens."""
        ...

    async def cancel(self, payment_id: str) -> Payment:
        """Let go of a payment that is open or authorised: nothing is taken."""
        ...

    async def refund(self, request: RefundRequest) -> ReversalNews:
        """Give money back; repeated with the same reversal, answers what became of the first."""
        ...

    async def verify_webhook(self, headers: Mapping[str, str], body: bytes) -> WebhookMessage:
        """Whether a message is really from the provider and new; what it says is read later.

        Raises:
            SignatureNotValid: forged, altered, too old, or unreadable.
            ProviderUnavailable: what is needed to check it cannot be fetched now.
        """
        ...

    async def read_webhook(self, body: bytes) -> list[News]:
        """What a verified message says; empty when it is of no concern. Where messages are only signals, asks the
        provider for what they are about."""
        ...

    def list_news(self, since: datetime, until: datetime) -> AsyncIterator[PaymentNews | ReversalNews]:
        """Every payment and reversal the provider has of this time, page after page: what ours are compared with."""
        ...

    async def close(self) -> None:
        """Give back connections."""
        ...


class StoreProvider(PaymentProvider, Protocol):
    """An app store: the buyer pays inside the app, which brings the proof."""

    async def verify_purchase(self, proof: str) -> StorePayment:
        """The payment a signed transaction or purchase token stands for.

        Raises:
            PurchaseNotValid: forged, of another app or environment, or nothing that gives coins.
        """
        ...

    async def finish(self, payment_id: str) -> None:
        """Tell the store that the coins have been given, so that the product can be bought again."""
        ...

    async def answer_consumption(self, request_id: str, payment_id: str, consumed_ppm: int) -> None:
        """Say what share of a purchase, in millionths, has been used."""
        ...


class LinkingStore(StoreProvider, Protocol):
    """An app store that counts what is bought on the web by way of links out of its app."""

    def read_link(self, token: str) -> LinkToken:
        """The link a token of the app stands for.

        Raises:
            PurchaseNotValid: it is none, or of another app or environment.
        """
        ...

    async def report_link(self, report: LinkReport) -> None:
        """Tell the store what came of a link; once, however often it is called with the same id."""
        ...


def as_linking(provider: PaymentProvider | None) -> LinkingStore | None:
    """The provider as a store that takes links; None when it takes none."""
    return cast("LinkingStore", provider) if provider is not None and provider.capabilities.takes_links else None


def as_store(provider: PaymentProvider | None) -> StoreProvider | None:
    """The provider as the app store it is; None when it is none."""
    return cast("StoreProvider", provider) if provider is not None and provider.capabilities.is_store else None
