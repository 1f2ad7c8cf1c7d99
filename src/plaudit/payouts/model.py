"""Types and errors of payouts: rates, terms, methods, quotes, payouts and their states."""

import enum
from datetime import date, datetime
from fractions import Fraction
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.limits import (
    MONEY_MINOR_MAX,
    NOTE_LENGTH_MAX,
    PAYOUT_DIAMONDS_MAX,
    RULE_TERM_MAX,
)
from plaudit.moments import Moment
from plaudit.money import Money, round_down, round_half_up
from plaudit.payouts.kinds import MethodKind, WaitsFor
from plaudit.problems import Conflict, Problem


class PayoutState(enum.StrEnum):
    """Where a payout is; `payout_transition` in the database says what may follow what."""

    REQUESTED = "requested"
    APPROVED = "approved"
    SENT = "sent"
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class Actor(enum.StrEnum):
    """Who moved a payout."""

    CREATOR = "creator"
    OPERATOR = "operator"
    PROVIDER = "provider"


class PayoutRate(msgspec.Struct, frozen=True):
    """Minor units of `currency` for one diamond: `numerator / denominator`."""

    version: int
    currency: str
    numerator: int
    denominator: int
    source: str
    source_note: str
    effective_at: datetime

    @property
    def minor_per_diamond(self) -> Fraction:
        return Fraction(self.numerator, self.denominator)

    def worth(self, diamonds: int) -> Money:
        """What diamonds are worth, rounded down to a minor unit; those that are owed as much below zero."""
        minor = round_down(abs(diamonds) * self.minor_per_diamond)
        return Money(minor if diamonds >= 0 else -minor, self.currency)


class NewPayoutRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A payout rate as an operator decides it."""

    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$(?!\n)", description="ISO 4217.")]
    numerator: Annotated[int, Meta(ge=1, le=RULE_TERM_MAX, description="Minor units for `denominator` diamonds.")]
    denominator: Annotated[int, Meta(ge=1, le=RULE_TERM_MAX, description="Diamonds for `numerator` minor units.")]
    effective_at: Annotated[Moment, Meta(description="From when; null: at once. Never in the past.")] | None = None
    note: Annotated[str, Meta(min_length=1, max_length=NOTE_LENGTH_MAX, description="Where the figure is from.")]

    @property
    def minor_per_diamond(self) -> Fraction:
        return Fraction(self.numerator, self.denominator)


class NewPayoutTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Terms of payouts as an operator decides them."""

    method_kind: MethodKind = MethodKind.BANK_ACCOUNT
    fee_fixed_minor: Annotated[int, Meta(ge=0, le=MONEY_MINOR_MAX, description="The fixed part of the fee.")]
    fee_fixed_currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$(?!\n)", description="What the fixed part is in.")]
    fee_bps: Annotated[int, Meta(ge=0, le=10_000, description="The part of the gross amount, in 1/10,000.")]
    diamonds_min: Annotated[int, Meta(ge=1, le=PAYOUT_DIAMONDS_MAX, description="The smallest payout.")]
    diamonds_per_day_max: Annotated[
        int, Meta(ge=1, le=PAYOUT_DIAMONDS_MAX, description="What a creator can request in a day of UTC.")
    ]
    effective_at: Annotated[Moment, Meta(description="From when; null: at once. Never in the past.")] | None = None
    note: Annotated[str, Meta(min_length=1, max_length=NOTE_LENGTH_MAX, description="Why, for later readers.")]


class PayoutTerms(msgspec.Struct, frozen=True):
    """Threshold, daily maximum and fee of a kind of method. The fixed fee is in `fee_fixed_currency`."""

    version: int
    method_kind: str
    fee_fixed_minor: int
    fee_fixed_currency: str
    fee_bps: int
    diamonds_min: int
    diamonds_per_day_max: int
    effective_at: datetime
    note: str

    def fee(self, gross: Money, fixed_rate: PayoutRate, rate: PayoutRate) -> Money:
        """The fee of a payout of `gross`, in its currency, each part rounded half up.

        `fixed_rate` is the payout rate of the currency the fixed fee is kept in, `rate` the one of the payout:
        the same diamonds at both give the fixed fee in the payout's currency.
        """
        fixed = self.fee_fixed_minor * rate.minor_per_diamond / fixed_rate.minor_per_diamond
        share = Fraction(gross.amount_minor * self.fee_bps, 10_000)
        return Money(round_half_up(fixed) + round_half_up(share), gross.currency)


class PayoutMethod(msgspec.Struct, frozen=True):
    """Where a creator is paid; the numbers of a bank account and the receiver at PayPal are sealed."""

    id: UUID
    creator_id: int
    provider: str
    kind: MethodKind
    holder_name: str
    country: str
    currency: str
    account_ending: str
    """What of the account may be shown: its last four characters; of a mail address, where it is."""
    account_key: str | None
    sealed_account: bytes | None
    created_at: datetime
    archived_at: datetime | None
    by_platform: bool
    """Whether it was added through a key of the platform, and not by the creator."""
    payable_from: datetime | None = None
    """Nothing can be paid to it before; None: at once."""


class PayoutQuote(msgspec.Struct, frozen=True):
    """What a payout would bring, promised until `expires_at`: `gross = fee + net`; `net` is what arrives."""

    id: UUID
    creator_id: int
    method_id: UUID
    diamonds: int
    rate_version: int
    terms_version: int
    currency: str
    gross_minor: int
    fee_minor: int
    net_minor: int
    quoted_at: datetime
    expires_at: datetime
    arrives_from: date
    arrives_to: date


class Payout(msgspec.Struct, frozen=True):
    """Diamonds on their way to money."""

    id: UUID
    creator_id: int
    quote_id: UUID
    method_id: UUID
    holder_name: str
    country: str
    account_ending: str
    provider: str
    diamonds: int
    currency: str
    gross_minor: int
    fee_minor: int
    net_minor: int
    state: PayoutState
    reason: str | None
    requested_at: datetime
    changed_at: datetime
    provider_reference: str | None
    attention: str | None
    send_attempts: int | None
    """How often it was tried to send, while it is not sent."""
    send_error: str | None
    send_called: bool
    """Whether a provider may have got it, while it is not sent."""
    export_number: int | None
    """The export it went out in, when it is paid by hand."""
    method_kind: MethodKind
    waits_for: WaitsFor | None
    """What is next on its way."""
    waits_until: datetime | None
    """When that is usually, or for certain, over."""

    @property
    def told_reason(self) -> str | None:
        """Why, as a person here wrote it for the creator. What a provider says is for operators."""
        by_provider = self.state in {PayoutState.FAILED, PayoutState.RETURNED} and self.export_number is None
        return None if by_provider else self.reason

    @property
    def may_be_refused(self) -> bool:
        """Whether nobody was told to pay it."""
        return self.state in {PayoutState.REQUESTED, PayoutState.APPROVED} and not self.send_called


class PayoutEvent(msgspec.Struct, frozen=True):
    """One change of a payout's state: who, when, why."""

    payout_id: UUID
    to_state: PayoutState
    at: datetime
    actor: Actor
    actor_id: int | None
    reason: str | None
    by_platform: bool
    """Whether it was done in the actor's name through a key of the platform."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Who changes a payout's state, when and why, and what is known then; `poll_at`: when to ask the provider."""

    at: datetime
    actor: Actor
    actor_id: int | None = None
    reason: str | None = None
    provider_reference: str | None = None
    poll_at: datetime | None = None
    decision_id: UUID | None = None
    """What was decided of it by two, where one does not suffice."""


class PayoutFilter(msgspec.Struct, frozen=True):
    """Which payouts a list holds; None: any."""

    creator_id: int | None = None
    state: PayoutState | None = None
    currency: str | None = None
    attention: bool | None = None
    provider: str | None = None
    overdue_at: datetime | None = None
    """Only those whose wait is over by then."""
    waits_for: WaitsFor | None = None


class InsufficientDiamonds(Conflict):
    code = "insufficient_diamonds"
    title = "There are not that many diamonds available."

    class Fields(msgspec.Struct, frozen=True):
        diamonds_short: int


class BelowPayoutThreshold(Conflict):
    code = "below_payout_threshold"
    title = "That is less than the smallest payout."

    class Fields(msgspec.Struct, frozen=True):
        diamonds_min: int
        diamonds: int


class PayoutTooSmall(Conflict):
    code = "payout_too_small"
    title = "After the fee nothing would arrive."

    class Fields(msgspec.Struct, frozen=True):
        gross: Money
        fee: Money


class DailyPayoutLimit(Conflict):
    code = "daily_payout_limit"
    title = "That is more than can be paid out in one day."

    class Fields(msgspec.Struct, frozen=True):
        diamonds_per_day_max: int
        diamonds_left: int


class PayoutMethodArchived(Conflict):
    code = "payout_method_archived"
    title = "This payout method is no longer in use."


class PayoutMethodTooNew(Conflict):
    code = "payout_method_too_new"
    title = "Nothing is paid to a new account for a while, so that nobody else's becomes yours."

    class Fields(msgspec.Struct, frozen=True):
        payable_from: Moment


class AccountNotReady(Conflict):
    """`needs`: what the provider still asks its creator for, in its own words."""

    code = "account_not_ready"
    title = "The provider of this account still has to know something before it can be paid to."

    class Fields(msgspec.Struct, frozen=True):
        state: str
        needs: list[str]


class NotAConnection(Conflict):
    code = "not_a_connection"
    title = "Nothing has to be told to a provider for this method."


class TooManyPayoutMethods(Conflict):
    code = "too_many_payout_methods"
    title = "Archive a payout method before adding another."

    class Fields(msgspec.Struct, frozen=True):
        methods_max: int


class PayoutQuoteExpired(Conflict):
    code = "payout_quote_expired"
    title = "The quote has expired; ask for a new one."

    class Fields(msgspec.Struct, frozen=True):
        expired_at: Moment


class PayoutQuoteUsed(Conflict):
    code = "payout_quote_used"
    title = "The quote was used for another payout."


class PayoutStateConflict(Conflict):
    code = "payout_state_conflict"
    title = "The payout is no longer in a state that allows this."

    class Fields(msgspec.Struct, frozen=True):
        state: PayoutState


class NoPayoutRate(Conflict):
    code = "no_payout_rate"
    title = "There is no payout rate for this currency."

    class Fields(msgspec.Struct, frozen=True):
        currency: str


class PayoutProviderMissing(Conflict):
    """Nobody here pays in the payout's currency; nothing was moved. `provider` is not here;
    either of `settings` would do."""

    code = "payout_provider_missing"
    title = "Nobody here can pay this out."

    class Fields(msgspec.Struct, frozen=True):
        provider: str
        currency: str
        settings: list[str]

    def __init__(self, *, provider: str, currency: str) -> None:
        settings = ["PLAUDIT_MANUAL_PAYOUTS", "PLAUDIT_MANUAL_PAYOUT_CURRENCIES", "PLAUDIT_SANDBOX_URL"]
        detail = f"Nobody here pays in {currency}: set PLAUDIT_MANUAL_PAYOUTS to pay by hand, or configure a provider."
        super().__init__(detail, provider=provider, currency=currency, settings=settings)


class PayoutStandsStill(Conflict):
    code = "payout_stands_still"
    title = "This payout, its method or its creator stands still; lift that first."


class PayoutMayBeSent(Conflict):
    code = "payout_may_be_sent"
    title = "The provider may have it already; wait for what it says."

    class Fields(msgspec.Struct, frozen=True):
        provider: str


class NothingToExport(Conflict):
    code = "nothing_to_export"
    title = "No approved payout waits to be paid by hand."


class PayoutsWait(Conflict):
    code = "payouts_wait"
    title = "The database was restored: somebody has to compare what was paid since, and say so."


class PayoutNotExported(Conflict):
    code = "payout_not_exported"
    title = "Only what was exported to be paid by hand can be marked."

    class Fields(msgspec.Struct, frozen=True):
        state: PayoutState


class PayoutOutcomeConflict(Conflict):
    code = "payout_outcome_conflict"
    title = "Something else is known of this payout already."

    class Fields(msgspec.Struct, frozen=True):
        state: PayoutState
        reference: str | None


class NoPayoutProvider(Problem):
    code = "no_payout_provider"
    status = 503
    title = "Nobody pays out here just now."


NOT_PAYABLE = (
    *(InsufficientDiamonds, BelowPayoutThreshold, DailyPayoutLimit),
    *(PayoutMethodArchived, PayoutMethodTooNew, AccountNotReady),
)
"""Why diamonds cannot be paid out, whether a quote is asked for or used."""
