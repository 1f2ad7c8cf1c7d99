"""What Plaudit asks of a payment provider."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Protocol, cast
from uuid import UUID

import msgspec

from plaudit.limits import MONEY_MINOR_MAX
from plaudit.money import Money
from plaudit.policy.model import UnseenPayers
from plaudit.selling.prices.pricing import WEB, Channel
from plaudit.selling.providers.news import News, Payment, PaymentNews, ReversalNews, StorePayment, WebhookMessage


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


class RefundRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Money to be given back. `reversal_id` is also the idempotency key: the same one never refunds twice."""

    reversal_id: UUID
    payment_id: str
    reference: str
    """Of the order."""
    amount: Money
    reason: str


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
    hears_of_undone_refunds: bool = True
    """Whether it can be told that money which went back of such a sale is here again."""
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


def as_store(provider: PaymentProvider | None) -> StoreProvider | None:
    """The provider as the app store it is; None when it is none."""
    return cast("StoreProvider", provider) if provider is not None and provider.capabilities.is_store else None
