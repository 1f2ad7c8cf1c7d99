"""Stripe's objects: what of them matters here, and what it means in Plaudit's words."""

from collections.abc import Mapping
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

import msgspec

from plaudit.policy.model import Evidence, EvidenceSource
from plaudit.providers import ProviderUnavailable
from plaudit.selling.providers.news import (
    AccountNotice,
    Decline,
    FraudWarning,
    Payment,
    PaymentState,
    ReversalKind,
    ReversalNews,
    ReversalState,
    Voucher,
    WarningEnded,
)
from plaudit.selling.providers.stripe.amounts import from_stripe, nearest_minor
from plaudit.selling.providers.stripe.methods import METHODS
from plaudit.selling.providers.stripe.vouchers import VOUCHER_METHODS, NextAction, voucher_of

# What Plaudit writes into Stripe's metadata: an account may take payments of others too.
PROVIDER_MARK, REFERENCE_MARK, ORDER_MARK = "plaudit_provider", "plaudit_reference", "plaudit_order"
REVERSAL_MARK, REASON_MARK = "plaudit_reversal", "plaudit_reason"
CARD_MARK, ACCOUNT_DAYS_MARK, PERSON_MARK = "plaudit_saved_card", "plaudit_account_days", "plaudit_person"

# Methods whose answer comes days after the buyer is done; any other failure is shown at once, and may be tried again.
_DELAYED_METHODS = frozenset(
    {"acss_debit", "au_becs_debit", "bacs_debit", "nz_bank_account", "payto", "sepa_debit", "us_bank_account"}
)

_STATES = {
    "requires_capture": PaymentState.AUTHORISED,
    "processing": PaymentState.PROCESSING,
    "succeeded": PaymentState.PAID,
}


class Address(msgspec.Struct, frozen=True):
    country: str | None = None


class Holder(msgspec.Struct, frozen=True):
    address: Address | None = None


class BalanceTransaction(msgspec.Struct, frozen=True):
    """A line of the account's balance."""

    amount: int
    currency: str
    fee: int
    created: int


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    amount: int
    amount_captured: int | None = None
    currency: str
    created: int
    balance_transaction: BalanceTransaction | str | None = None
    payment_intent: str | None = None
    metadata: dict[str, str] | None = None
    payment_method_details: dict[str, Any] | None = None
    """`type`, and under that name what the method tells."""
    billing_details: Holder | None = None


class Booking(msgspec.Struct, frozen=True):
    """A line of the account's balance with the charge it is of."""

    id: str
    source: Charge | str | None = None


class FailedMethod(msgspec.Struct, frozen=True):
    type: str | None = None


class PaymentError(msgspec.Struct, frozen=True):
    payment_method: FailedMethod | None = None
    code: str | None = None
    decline_code: str | None = None

    @property
    def is_late(self) -> bool:
        """Whether it came days after the buyer was done: nobody is there to try again."""
        return bool(self.payment_method and self.payment_method.type in _DELAYED_METHODS)

    @property
    def is_lapse(self) -> bool:
        """Whether nobody said no: the time to pay is over."""
        of_voucher = self.payment_method and self.payment_method.type in VOUCHER_METHODS
        return bool(of_voucher) or self.code == "payment_intent_payment_attempt_expired"

    @property
    def decline(self) -> Decline:
        """Why the bank said no, as far as the buyer is told."""
        if self.code in {"payment_intent_authentication_failure", "authentication_required"}:
            return Decline.NOT_AUTHENTICATED
        if "expired_card" in {self.code, self.decline_code}:
            return Decline.CARD_EXPIRED
        return Decline.INSUFFICIENT_FUNDS if self.decline_code == "insufficient_funds" else Decline.DECLINED


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """A PaymentIntent. An account has some of others, of which nothing is known but the id."""

    id: str
    amount: int | None = None
    amount_received: int | None = None
    currency: str | None = None
    status: str = ""
    metadata: dict[str, str] = {}
    client_secret: str | None = None
    latest_charge: Charge | str | None = None
    last_payment_error: PaymentError | None = None
    next_action: NextAction | None = None
    cancellation_reason: str | None = None

    @property
    def voucher(self) -> Voucher | None:
        """What the buyer is to pay with elsewhere."""
        if self.status != "requires_action" or self.amount is None or self.currency is None:
            return None
        return voucher_of(self.next_action, self.amount, self.currency)


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A Checkout Session."""

    id: str
    status: str | None
    amount_total: int | None
    currency: str | None
    metadata: dict[str, str] | None = None
    client_reference_id: str | None = None
    url: str | None = None
    payment_intent: Intent | str | None = None
    customer_details: Holder | None = None


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    amount: int
    currency: str
    status: str | None
    created: int
    payment_intent: Intent | str | None = None
    metadata: dict[str, str] | None = None
    reason: str | None = None
    failure_reason: str | None = None


class EvidenceDetails(msgspec.Struct, frozen=True):
    due_by: int | None = None


class Dispute(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    amount: int
    currency: str
    status: str
    reason: str
    created: int
    payment_intent: Intent | str | None = None
    balance_transactions: list[BalanceTransaction] = []
    evidence_details: EvidenceDetails | None = None


class EarlyFraudWarning(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    actionable: bool
    fraud_type: str
    payment_intent: Intent | str | None = None


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """A look that Stripe or the account's own rules want somebody to take at a payment."""

    id: str
    open: bool
    opened_reason: str = ""
    closed_reason: str | None = None
    payment_intent: Intent | str | None = None


class BankPayout(msgspec.Struct, frozen=True, kw_only=True):
    """Money of the account on its way to its bank."""

    id: str
    amount: int
    currency: str
    status: str
    failure_code: str | None = None


def review_news(review: Review, payment_id: str) -> FraudWarning | WarningEnded | None:
    """What a review is now; None: it ended with a refund or dispute, which is told by itself."""
    if review.open:
        return FraudWarning(id=review.id, payment_id=payment_id, reason=f"review: {review.opened_reason}")
    if review.closed_reason in {"refunded", "refunded_as_fraud", "disputed"}:
        return None
    return WarningEnded(id=review.id, payment_id=payment_id, reason=f"review: {review.closed_reason or 'closed'}")


def payout_notice(payout: BankPayout) -> AccountNotice:
    """What became of a payout, in Stripe's own units, which for payouts are others than for payments."""
    failed = payout.status in {"failed", "canceled"}
    why = f" ({payout.failure_code})" if payout.failure_code else ""
    words = f"payout {payout.id} of {payout.amount} {payout.currency} to the bank is {payout.status}{why}"
    return AccountNotice(words=words, needs_somebody=failed)


def intent_state(intent: Intent) -> PaymentState:
    """Where a PaymentIntent is. A card that was declined leaves it open: the buyer may take another. One whose voucher
    is still to be paid is on its way, for as long as the voucher is good."""
    failure = intent.last_payment_error
    match intent.status:
        case "canceled":
            lapsed = intent.cancellation_reason in {"automatic", "expired"}
            return PaymentState.EXPIRED if lapsed else PaymentState.DECLINED
        case "requires_action" if intent.voucher:
            return PaymentState.PROCESSING
        case "requires_payment_method" if failure and (failure.is_lapse or failure.is_late):
            return PaymentState.EXPIRED if failure.is_lapse else PaymentState.DECLINED
    return _STATES.get(intent.status, PaymentState.OPEN)


def session_state(session: Session) -> PaymentState:
    """Where a Checkout Session is; once it is complete, where its PaymentIntent is."""
    intent = session.payment_intent
    if session.status == "expired":
        return PaymentState.EXPIRED
    if session.status != "complete" or not isinstance(intent, Intent):
        return PaymentState.OPEN
    # A complete session takes no other way to pay: what its buyer still has to do is done elsewhere, and what waits for
    # another way has failed.
    state = intent_state(intent)
    if state is not PaymentState.OPEN:
        return state
    return PaymentState.PROCESSING if intent.status == "requires_action" else PaymentState.DECLINED


def payment_of_intent(
    intent: Intent,
    *,
    payment_id: str,
    reference: str,
    state: PaymentState,
    checkout_url: str | None = None,
    holder: Holder | None = None,
) -> Payment:
    """A payment of which the buyer has done something. `holder`: whose address was typed outside the charge."""
    charge = intent.latest_charge if isinstance(intent.latest_charge, Charge) else None
    paid = state is PaymentState.PAID
    received = intent.amount_received if paid and intent.amount_received is not None else intent.amount
    if received is None or intent.currency is None:
        raise ProviderUnavailable("stripe")
    return Payment(
        id=payment_id,
        reference=reference,
        state=state,
        amount=from_stripe(received, intent.currency),
        fee_minor=charge_fee(charge) if charge and paid else None,
        paid_at=_paid_at(charge) if charge and paid else None,
        checkout_url=checkout_url,
        evidence=_charge_evidence(charge, holder) if charge else (),
        voucher=intent.voucher,
        decline=intent.last_payment_error.decline
        if state is PaymentState.DECLINED and intent.last_payment_error
        else None,
        card=_card(charge) if charge else None,
        credit_card_of=_credit_card_of(charge) if charge else None,
    )


def _card(charge: Charge) -> str | None:
    """Stripe's sign of the card, the same whoever pays with it."""
    sign = ((charge.payment_method_details or {}).get("card") or {}).get("fingerprint")
    return sign if isinstance(sign, str) and sign else None


def _paid_at(charge: Charge) -> datetime:
    """When the money was booked; when the buyer paid, while it is not."""
    booked = charge.balance_transaction
    return moment(booked.created if isinstance(booked, BalanceTransaction) else charge.created)


def charge_fee(charge: Charge) -> int | None:
    """What Stripe keeps of a charge, in the minor units of the charge's currency; None while it does not say."""
    booked = charge.balance_transaction
    if not isinstance(booked, BalanceTransaction) or booked.amount <= 0:
        return None
    captured = charge.amount if charge.amount_captured is None else charge.amount_captured
    return _in_currency(booked.fee, booked, captured, charge.currency)


def _in_currency(fee: int, booked: BalanceTransaction, amount: int, currency: str) -> int:
    """A fee of the account's currency in that of the payment. The rate is that of the two amounts: Stripe's own is a
    rounded decimal."""
    exact = Fraction(fee) if booked.currency == currency else Fraction(fee * amount, abs(booked.amount))
    return nearest_minor(exact, currency)


def _credit_card_of(charge: Charge) -> str | None:
    details = charge.payment_method_details or {}
    is_credit = (details.get("card") or {}).get("funding") == "credit"
    return payer_country(details) if details.get("type") == "card" and is_credit else None


def _charge_evidence(charge: Charge, holder: Holder | None) -> tuple[Evidence, ...]:
    seen: list[Evidence] = []
    details = charge.payment_method_details or {}
    code = str(details.get("type", ""))
    if code == "card":
        card = details.get("card") or {}
        detail = " ".join(str(card[name]) for name in ("brand", "funding") if card.get(name))
        seen.append(_evidence(EvidenceSource.CARD_ISSUER, payer_country(details), charge, detail))
    elif country := payer_country(details):
        seen.append(_evidence(EvidenceSource.PAYER_ADDRESS, country, charge, code))
    if country := _country(charge.billing_details) or _country(holder):
        seen.append(_evidence(EvidenceSource.BILLING_ADDRESS, country, charge, ""))
    return tuple(seen)


def payer_country(details: Mapping[str, Any]) -> str | None:
    """The country of whoever pays, as a method tells it, or as it is of one country only."""
    method = METHODS.get(str(details.get("type")))
    if method is None:
        return None
    place: Any = details
    for step in method.country or ("",):
        place = place.get(step) if isinstance(place, Mapping) else None
    return place if isinstance(place, str) else method.home


def _country(holder: Holder | None) -> str | None:
    return holder.address.country if holder and holder.address else None


def _evidence(source: EvidenceSource, country: str | None, charge: Charge, detail: str) -> Evidence:
    return Evidence(source=source, country=country, observed_at=moment(charge.created), detail=detail)


def refund_news(refund: Refund, payment_id: str) -> ReversalNews:
    """What a refund is now. One that succeeded can still fail: the bank sends the money back."""
    states = {"succeeded": ReversalState.DONE, "failed": ReversalState.UNDONE, "canceled": ReversalState.UNDONE}
    marks = refund.metadata or {}
    reason = marks.get(REASON_MARK) or refund.reason or ""
    return ReversalNews(
        id=refund.id,
        kind=ReversalKind.REFUND,
        payment_id=payment_id,
        state=states.get(refund.status or "", ReversalState.OPENED),
        reversal_id=_uuid(marks.get(REVERSAL_MARK)),
        amount=from_stripe(refund.amount, refund.currency),
        reason=f"{reason} ({refund.failure_reason})" if refund.failure_reason else reason,
        at=moment(refund.created),
    )


def is_inquiry(dispute: Dispute) -> bool:
    """The bank asks about a payment and withholds nothing; a dispute may follow."""
    return dispute.status in {"warning_needs_response", "warning_under_review"}


def dispute_news(dispute: Dispute, payment_id: str) -> ReversalNews:
    """What a dispute is now. An appeal changes nothing until it is won."""
    gone = {"lost", "appeal_needs_response", "appeal_under_review"}
    ours = {"won", "warning_closed", "prevented"}
    state = ReversalState.OPENED
    if dispute.status in gone | ours:
        state = ReversalState.DONE if dispute.status in gone else ReversalState.UNDONE
    due_by = dispute.evidence_details and dispute.evidence_details.due_by
    return ReversalNews(
        id=dispute.id,
        kind=ReversalKind.CHARGEBACK,
        payment_id=payment_id,
        state=state,
        amount=from_stripe(dispute.amount, dispute.currency),
        fee_minor=_dispute_fee(dispute),
        reason=dispute.reason,
        at=moment(dispute.created),
        respond_until=moment(due_by) if due_by else None,
    )


def _dispute_fee(dispute: Dispute) -> int:
    """What Stripe has kept for the dispute so far; a fee that was given back counts against it."""
    booked = [line for line in dispute.balance_transactions if line.amount]
    return sum(_in_currency(line.fee, line, dispute.amount, dispute.currency) for line in booked)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
