"""Purchases in app stores: transactions as they are kept, what stores ask, and what can go wrong."""

import enum
from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from plaudit.money import Money
from plaudit.problems import Conflict
from plaudit.selling.providers.linking import LinkReportKind
from plaudit.selling.providers.news import NO_MONEY


class HoldReason(enum.StrEnum):
    """Why a transaction that was paid gives no coins yet."""

    NO_ACCOUNT_TOKEN = "no_account_token"  # noqa: S105 - a reason, no secret
    """The app handed none over, so that it is nobody's for certain."""
    UNKNOWN_ACCOUNT_TOKEN = "unknown_account_token"  # noqa: S105 - a reason, no secret
    """No order, or more than one, has it."""
    OF_SOMEBODY_ELSE = "of_somebody_else"
    """Brought by another person than ordered it; it waits for that one, or for the store to tell."""
    ORDER_PAID_ALREADY = "order_paid_already"
    """Another transaction paid for the order."""
    OTHER_PRODUCT = "other_product"
    """It bought other coins than the order is for."""
    NOTHING_PAID = "nothing_paid"
    """The store gave it away: a code, or an offer. The store is told that it is done with; its coins may be granted."""
    NO_PRICE = "no_price"
    """The store does not say what was paid, and is asked again."""


class TransactionState(enum.StrEnum):
    """Where a store's transaction is here."""

    HELD = "held"
    CLAIMED = "claimed"
    """An order's; its coins are given."""
    CLOSED = "closed"
    """An operator has dealt with it in another way."""


class StoreTransaction(msgspec.Struct, frozen=True, kw_only=True):
    """A transaction of a store, which gives coins once in the whole house."""

    id: UUID
    provider: str
    environment: str
    transaction_id: str
    state: TransactionState
    hold_reason: HoldReason | None
    shard: int | None
    order_id: UUID | None
    account_token: str
    product_id: str
    quantity: int
    coins: int
    amount_minor: int
    currency: str
    presented_by: int | None
    noticed_at: datetime
    changed_at: datetime
    resolved_by: int | None
    resolution: str | None
    grant_id: UUID | None
    due_at: datetime | None
    error: str | None

    @property
    def paid(self) -> Money | None:
        """What the buyer paid; None: nothing, or nobody says what."""
        return None if self.currency == NO_MONEY.currency else Money(self.amount_minor, self.currency)

    @property
    def key(self) -> tuple[str, str, str]:
        return self.provider, self.environment, self.transaction_id


class DueHeld(msgspec.Struct, frozen=True, kw_only=True):
    """A purchase that is held, or was granted, and whose store is asked or told now; `tries` counts this time."""

    provider: str
    environment: str
    transaction_id: str
    state: TransactionState
    hold_reason: HoldReason | None
    presented_by: int | None
    noticed_at: datetime
    tries: int
    leased_until: datetime


class Consent(msgspec.Struct, frozen=True):
    """Whether a buyer agrees that a store is told how much was used, and since when."""

    given: bool
    changed_at: datetime


class RequestState(enum.StrEnum):
    """What became of a store's question."""

    WAITING = "waiting"
    ANSWERED = "answered"
    NO_CONSENT = "no_consent"
    """The buyer has not agreed, so that nothing was sent."""
    REFUSED = "refused"
    """The store does not take the answer."""
    MISSED = "missed"
    """The time for the answer went by."""


class DueRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A question that is to be answered now; `tries` counts this one."""

    provider: str
    request_id: str
    shard: int
    order_id: UUID
    payment_id: str
    answer_until: datetime
    tries: int
    leased_until: datetime


class Consumed(msgspec.Struct, frozen=True):
    """How much of a lot was spent."""

    coins: int
    spent: int


class ConsumptionEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A store's question as operators see it."""

    id: UUID
    provider: str
    request_id: str
    order_id: UUID
    person_id: int
    payment_id: str
    reason: str
    noticed_at: datetime
    answer_until: datetime
    state: RequestState
    tries: int
    error: str
    consumed_ppm: int | None
    closed_at: datetime | None
    refund_declined_at: datetime | None


class PurchaseHeld(Conflict):
    """The purchase is kept; `reason` says why it gives no coins yet."""

    code: ClassVar[str] = "purchase_held"
    title: ClassVar[str] = "The purchase is safe with us, and somebody has to look at whose it is."

    class Fields(msgspec.Struct, frozen=True):
        reason: HoldReason
        transaction_id: str

    def __init__(self, reason: HoldReason, transaction_id: str) -> None:
        super().__init__(reason=str(reason), transaction_id=transaction_id)


class PurchaseUsed(Conflict):
    """A transaction gives coins once."""

    code: ClassVar[str] = "purchase_used"
    title: ClassVar[str] = "This purchase belongs to somebody else, or has been dealt with already."


class TransactionNotHeld(Conflict):
    """It was claimed or closed before."""

    code: ClassVar[str] = "transaction_not_held"
    title: ClassVar[str] = "This transaction is held no more."


class NotToBeGranted(Conflict):
    """Somebody paid for it: its coins are an order's."""

    code: ClassVar[str] = "not_to_be_granted"
    title: ClassVar[str] = "This purchase was paid: bind it to an order instead."


class OrderDoesNotFit(Conflict):
    """`reason` says why."""

    code: ClassVar[str] = "order_does_not_fit"
    title: ClassVar[str] = "This order is not for what was bought."

    class Fields(msgspec.Struct, frozen=True):
        reason: str

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class DueLinkReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a store is to be told of a link now; `tries` counts this one."""

    report_id: UUID
    provider: str
    link_id: str
    token: str | None
    kind: LinkReportKind
    happened_at: datetime
    tries: int
    leased_until: datetime


class LinkReportState(enum.StrEnum):
    """Where a report to a store is."""

    WAITING = "waiting"
    REPORTED = "reported"
    REFUSED = "refused"
    """The store will not take it; somebody has to look."""
    NOT_TOLD = "not_told"
    """The store has no way to hear of it, or an operator closed it."""


class LinkReportLine(msgspec.Struct, frozen=True, kw_only=True):
    """A report to a store, for operators."""

    report_id: UUID
    provider: str
    link_id: str
    kind: LinkReportKind
    order_id: UUID | None
    reversal_id: UUID | None
    region: str | None
    currency: str | None
    net_minor: int | None
    tax_minor: int | None
    happened_at: datetime
    report_by: datetime
    state: LinkReportState
    ended_at: datetime | None
    tries: int
    error: str | None
    closed_by: int | None
    resolution: str | None


class ReportNotOpen(Conflict):
    code: ClassVar[str] = "store_report_not_open"
    title: ClassVar[str] = "This report was taken or closed, or its store is being told of it now."
