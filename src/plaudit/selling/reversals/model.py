"""Reversals: their states, what they are asked for with, and what can go wrong."""

import enum
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from plaudit.countries import Country
from plaudit.ids import IdMeta
from plaudit.limits import COINS_PER_QUOTE_MAX, MONEY_MINOR_MAX, REVERSAL_REASON_LENGTH_MAX, WITHDRAWAL_DAYS_MAX
from plaudit.money import Money
from plaudit.problems import Conflict, Moment, Problem
from plaudit.selling.prices.pricing import Channel
from plaudit.selling.reversals.amounts import Amounts

CoinsMeta = Meta(ge=1, le=COINS_PER_QUOTE_MAX)


class Kind(enum.StrEnum):
    """Why money of an order goes back."""

    WITHDRAWAL = "withdrawal"
    """The buyer took back what was unspent."""
    REFUND = "refund"
    """An operator gave it back, here or at the provider's own desk."""
    VOID = "void"
    """The app store took it back."""
    CHARGEBACK = "chargeback"
    """The payer disputes it with the bank."""


class State(enum.StrEnum):
    """Where a reversal is. What may follow what is in the table reversal_transition."""

    REQUESTED = "requested"
    """Decided here; the provider is told next."""
    SENT = "sent"
    """The provider knows and works on it."""
    OPENED = "opened"
    """The provider says that the money is promised or withheld; that may yet change."""
    DONE = "done"
    """The money is with the buyer."""
    UNDONE = "undone"
    """The money is ours, again or still; the coins are the buyer's."""

    @property
    def stage(self) -> int:
        """How far it is: what a provider says of an earlier stage than is known comes late."""
        return {State.REQUESTED: 0, State.SENT: 1, State.OPENED: 1, State.DONE: 2, State.UNDONE: 3}[self]


class Reversal(msgspec.Struct, frozen=True, kw_only=True):
    """Money of an order that goes back, and the coins that go with it. Undone, it holds what it held."""

    shard: int
    reversal_id: UUID
    order_id: UUID
    person_id: int
    kind: Kind
    state: State
    previous_state: State | None
    provider: str
    provider_reversal_id: str | None
    step: int
    claimed_minor: int
    currency: str
    amount_minor: int
    net_minor: int
    tax_minor: int
    fee_returned_minor: int
    dispute_fee_minor: int
    dispute_fee_returned: bool
    excess_minor: int
    excess_returned: bool
    coins: int
    coins_unspent: int
    coins_spent: int
    reason: str
    outcome: str
    requested_by: int | None
    request: str | None
    created_at: datetime
    changed_at: datetime
    provider_at: datetime | None
    respond_until: datetime | None
    poll_at: datetime | None
    polls: int
    send_error: str | None
    leased_until: datetime | None
    failed_with: str | None

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def is_asked_for(self) -> bool:
        """Whether we began it, for somebody or of our own accord; otherwise the provider did."""
        asked = {State.REQUESTED, State.SENT}
        return self.requested_by is not None or self.state in asked or self.previous_state in asked

    @property
    def told_reason(self) -> str:
        """Why, as a person here wrote it for the buyer. What a provider says is for operators."""
        return "" if self.requested_by is None else self.reason

    @property
    def lost_minor(self) -> int:
        """What went back with it beyond what was left of the order."""
        return self.excess_minor if self.stands and not self.excess_returned else 0

    @property
    def stands(self) -> bool:
        return self.state is not State.UNDONE


class DueReversal(Reversal, frozen=True, kw_only=True):
    """A reversal its provider is to be told of now; `tries` counts this one."""

    tries: int


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """An order as reversals see it: what was paid, what standing reversals hold of it, and where its coins are."""

    shard: int
    order_id: UUID
    currency: str
    paid_minor: int
    paid_tax_minor: int
    returnable_fee_minor: int
    paid_coins: int
    reversed_minor: int
    reversed_tax_minor: int
    reversed_fee_minor: int
    reversed_coins: int
    unspent: int
    """Coins of the lot in the wallet, free or set aside by holds."""
    unspent_held: int
    """Those of them that are set aside: taking them back breaks their holds."""
    takeable: int
    """Coins of the lot that are neither reversed nor expired."""
    funded_at: datetime | None
    """When the coins came; None: they have not."""

    @property
    def paid(self) -> Amounts:
        return Amounts(
            minor=self.paid_minor,
            tax_minor=self.paid_tax_minor,
            fee_minor=self.returnable_fee_minor,
            coins=self.paid_coins,
        )

    @property
    def held(self) -> Amounts:
        return Amounts(
            minor=self.reversed_minor,
            tax_minor=self.reversed_tax_minor,
            fee_minor=self.reversed_fee_minor,
            coins=self.reversed_coins,
        )

    @property
    def left(self) -> Amounts:
        return self.paid.without(self.held)


class WithdrawalRule(msgspec.Struct, frozen=True, kw_only=True):
    """How many days after payment what is unspent can be taken back, and why."""

    days: int
    basis: str
    is_law: bool = True
    """False: it is our own promise, and ends nowhere by what a buyer agrees to."""


class RegionRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The rule of a region for orders paid from a day (UTC) on."""

    region: Country
    valid_from: date
    days: Annotated[int, Meta(ge=0, le=WITHDRAWAL_DAYS_MAX, description="After the day of payment; 0: none.")]
    basis: Annotated[str, Meta(min_length=1, max_length=REVERSAL_REASON_LENGTH_MAX, description="The law behind it.")]


class Obstacle(enum.StrEnum):
    """Why a buyer cannot take an order back."""

    NOT_PAID = "not_paid"
    STORE = "store"
    NO_RIGHT = "no_right"
    TOO_LATE = "too_late"
    NOTHING_LEFT = "nothing_left"
    ALL_SPENT = "all_spent"
    TOO_LITTLE = "too_little"
    WHOLE_ONLY = "whole_only"


class Withdrawable(msgspec.Struct, frozen=True, kw_only=True):
    """What a buyer can take back of an order now."""

    order_id: UUID
    channel: Channel
    coins: int
    money: Money
    unspent: int
    unspent_held: int
    until: datetime | None
    rule: WithdrawalRule | None
    obstacle: Obstacle | None


class WithdrawalRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Unspent coins of an order to be taken back for what they cost."""

    id: Annotated[UUID, IdMeta]
    order_id: UUID
    coins: (
        Annotated[int, CoinsMeta, Meta(description="Exactly so many; when it is left out, all that are unspent.")]
        | None
    ) = None


class RefundRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of an order to be given back: exactly one of amount_minor, coins and all."""

    id: Annotated[UUID, IdMeta]
    amount_minor: (
        Annotated[
            int, Meta(ge=1, le=MONEY_MINOR_MAX, description="In the currency of the order, with the coins it bought.")
        ]
        | None
    ) = None
    coins: Annotated[int, CoinsMeta, Meta(description="Coins, with what they cost.")] | None = None
    all: Annotated[Literal[True], Meta(description="All that is left.")] | None = None
    reason: Annotated[str, Meta(min_length=1, max_length=REVERSAL_REASON_LENGTH_MAX, description="Kept, and shown.")]


class GoneBack(msgspec.Struct, frozen=True):
    """A part of an order that went back, or is on its way."""

    reversal_id: UUID
    amount: Money
    coins: int
    state: State
    at: Moment


def summary(reversals: list[Reversal]) -> list[GoneBack]:
    """What went back of an order, for a problem."""
    return [
        GoneBack(one.reversal_id, one.amount, one.coins, one.state, one.created_at)
        for one in reversals
        if one.stands and (one.amount_minor or one.coins)
    ]


class NothingLeftToRefund(Conflict):
    code: ClassVar[str] = "nothing_left_to_refund"
    title: ClassVar[str] = "All of this order has gone back already. Nothing was moved."

    class Fields(msgspec.Struct, frozen=True):
        refunded: list[GoneBack]

    def __init__(self, reversals: list[Reversal]) -> None:
        super().__init__(refunded=summary(reversals))


class RefundExceedsOrder(Conflict):
    code: ClassVar[str] = "refund_exceeds_order"
    title: ClassVar[str] = "Less than that is left of the order. Nothing was moved."

    class Fields(msgspec.Struct, frozen=True):
        left: Money
        coins_left: int
        refunded: list[GoneBack]

    def __init__(self, left: Money, coins_left: int, reversals: list[Reversal]) -> None:
        super().__init__(left=left, coins_left=coins_left, refunded=summary(reversals))


class AmountNotPayable(Problem):
    """`step`: what the amount must be a multiple of; of a provider that gives back whole orders only, all that can be
    paid of what is left."""

    code: ClassVar[str] = "amount_not_payable"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "The provider cannot pay this amount. Nothing was moved."

    class Fields(msgspec.Struct, frozen=True):
        step: Money
        left: Money

    def __init__(self, step: Money, left: Money) -> None:
        super().__init__(step=step, left=left)


class WithdrawalNotPossible(Conflict):
    """`obstacle` says why, as in the preview of the withdrawal."""

    code: ClassVar[str] = "withdrawal_not_possible"
    title: ClassVar[str] = "This order cannot be taken back. Nothing was moved."

    class Fields(msgspec.Struct, frozen=True):
        obstacle: Obstacle
        until: Moment | UnsetType | None = UNSET
        refunded: list[GoneBack] | UnsetType = UNSET

    def __init__(self, detail: str, obstacle: Obstacle, **fields: Any) -> None:
        super().__init__(detail, obstacle=obstacle, **fields)


class CoinsWereSpent(Conflict):
    code: ClassVar[str] = "coins_were_spent"
    title: ClassVar[str] = "Fewer coins of this order are unspent than that. Nothing was moved."

    class Fields(msgspec.Struct, frozen=True):
        unspent: int

    def __init__(self, unspent: int) -> None:
        super().__init__(unspent=unspent)


class RefundAtStore(Conflict):
    code: ClassVar[str] = "refund_at_store"
    title: ClassVar[str] = "Only the app store can give this money back; what it decides is applied here by itself."

    class Fields(msgspec.Struct, frozen=True):
        channel: str

    def __init__(self, channel: str) -> None:
        super().__init__(channel=channel)


class OrderNotPaid(Conflict):
    code: ClassVar[str] = "order_not_paid"
    title: ClassVar[str] = "This order is not paid: there is nothing to give back."
