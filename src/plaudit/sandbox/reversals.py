"""Refunds, disputes and fraud warnings: what a shop asks of the sandbox, and what banks do at its desk."""

import secrets
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Meta

from plaudit.limits import SANDBOX_DISPUTE_ANSWER_DAYS
from plaudit.problems import Conflict, InvalidField, NotFound
from plaudit.sandbox.checkout import CARDS, Checkout, find
from plaudit.sandbox.listing import Listing, listing
from plaudit.sandbox.shared import Sandbox, Timers, idempotency_key, require_api_key
from plaudit.sandbox.webhooks import milliseconds

T = TypeVar("T", bound=msgspec.Struct)

DISPUTE_FEE_MINOR = 1_500

MinorMeta = Meta(ge=1, le=10**12)
ReasonMeta = Meta(min_length=1, max_length=200)


class NewRefund(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a shop gives back."""

    amount_minor: Annotated[int, MinorMeta]
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$(?!\n)")]
    reason: Annotated[str, ReasonMeta]
    reversal_id: UUID | None = None


class Refund(msgspec.Struct, kw_only=True):
    """Money given back. `pending` until the bank has taken it; a failed one stays with the shop."""

    id: str
    checkout_id: str
    reversal_id: UUID | None
    state: Literal["pending", "succeeded", "failed"]
    amount_minor: int
    currency: str
    reason: str
    created_at: datetime


class NewDispute(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a payer tells the bank; without an amount, all that was paid."""

    reason: Annotated[str, ReasonMeta] = "fraudulent"
    amount_minor: Annotated[int, MinorMeta] | None = None


class DisputeEnd(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the bank decided."""

    outcome: Literal["won", "lost"]


class Dispute(msgspec.Struct, kw_only=True):
    """Money a payer asks back through the bank. It is withheld at once, and returned when the shop wins."""

    id: str
    checkout_id: str
    state: Literal["open", "won", "lost"]
    amount_minor: int
    currency: str
    fee_minor: int
    reason: str
    created_at: datetime
    respond_until: datetime


class NewFraudWarning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why the card's network believes it was fraud."""

    reason: Annotated[str, ReasonMeta] = "card reported stolen"


class FraudWarning(msgspec.Struct, kw_only=True):
    """The card's network believes that a payment was fraud."""

    id: str
    checkout_id: str
    reason: str
    created_at: datetime


def refund(sandbox: Sandbox, key: str, checkout: Checkout, asked: NewRefund) -> Refund:
    """Give back a part of a payment or all of it; the refund made before when the key and the request are the same.

    Raises:
        IdempotencyConflict: the key came with another request.
        InvalidField: another currency, or more than is left of the payment.
        Conflict: the payment was not taken.
    """
    request = checkout.id.encode() + msgspec.json.encode(asked)
    if known := sandbox.store.find_key(f"refund:{key}", request):
        return _read(sandbox, Refund, known)
    if checkout.state != "paid":
        raise Conflict(f"This payment is {checkout.state}; there is nothing to give back.")
    if asked.currency != checkout.currency:
        raise InvalidField(field="currency", reason=f"must be {checkout.currency}, as it was paid")
    left = left_of(sandbox, checkout)
    if asked.amount_minor > left:
        raise InvalidField(field="amount_minor", reason=f"must be at most {left}, what is left of the payment")
    now = sandbox.clock.now()
    late = checkout.card is not None and checkout.card == _failing_card()
    made = Refund(
        id=f"rfd_{secrets.token_urlsafe(18)}",
        checkout_id=checkout.id,
        reversal_id=asked.reversal_id,
        state="pending" if late else "succeeded",
        amount_minor=asked.amount_minor,
        currency=asked.currency,
        reason=asked.reason,
        created_at=now,
    )
    with sandbox.store.transaction():
        sandbox.store.make(made.id, made, milliseconds(now), about=checkout.id)
        sandbox.store.write_key(f"refund:{key}", request, made.id)
        sandbox.outbox.emit(f"refund.{made.state}", checkout.webhook_url, made)
        if late:
            sandbox.at(sandbox.config.late_s, "refund.fail", made.id)
    return made


def _failing_card() -> str:
    return next(number[-4:] for number, card in CARDS.items() if card.outcome == "cannot be refunded")


def left_of(sandbox: Sandbox, checkout: Checkout) -> int:
    """What of a payment is neither given back nor withheld."""
    refunds = sandbox.store.list_about(Refund, checkout.id)
    disputes = sandbox.store.list_about(Dispute, checkout.id)
    gone = sum(one.amount_minor for one in refunds if one.state != "failed")
    gone += sum(one.amount_minor for one in disputes if one.state != "won")
    return max(checkout.amount_minor - gone, 0)


def open_dispute(sandbox: Sandbox, checkout: Checkout, asked: NewDispute) -> Dispute:
    """A payer disputes a payment. Banks do not look at what was refunded: it may be more than is left.

    Raises:
        Conflict: nothing was paid, or the payment is disputed already.
        InvalidField: more than was paid.
    """
    if checkout.state != "paid":
        raise Conflict(f"This payment is {checkout.state}; there is nothing to dispute.")
    if any(one.state == "open" for one in sandbox.store.list_about(Dispute, checkout.id)):
        raise Conflict("This payment is disputed already.")
    amount_minor = asked.amount_minor or checkout.amount_minor
    if amount_minor > checkout.amount_minor:
        raise InvalidField(field="amount_minor", reason=f"must be at most {checkout.amount_minor}, what was paid")
    now = sandbox.clock.now()
    made = Dispute(
        id=f"dsp_{secrets.token_urlsafe(18)}",
        checkout_id=checkout.id,
        state="open",
        amount_minor=amount_minor,
        currency=checkout.currency,
        fee_minor=DISPUTE_FEE_MINOR,
        reason=asked.reason,
        created_at=now,
        respond_until=now + timedelta(days=SANDBOX_DISPUTE_ANSWER_DAYS),
    )
    with sandbox.store.transaction():
        sandbox.store.make(made.id, made, milliseconds(now), about=checkout.id)
        sandbox.outbox.emit("dispute.open", checkout.webhook_url, made)
    return made


def end_dispute(sandbox: Sandbox, dispute_id: str, outcome: Literal["won", "lost"]) -> Dispute:
    """The bank decides.

    Raises:
        NotFound: there is no such dispute.
        Conflict: it decided otherwise before.
    """
    dispute = _read(sandbox, Dispute, dispute_id)
    if dispute.state == outcome:
        return dispute
    if dispute.state != "open":
        raise Conflict(f"This dispute is {dispute.state}.")
    dispute.state = outcome
    if outcome == "won":
        dispute.fee_minor = 0
    with sandbox.store.transaction():
        sandbox.store.write(dispute.id, dispute)
        sandbox.outbox.emit(f"dispute.{outcome}", find(sandbox, dispute.checkout_id).webhook_url, dispute)
    return dispute


def warn(sandbox: Sandbox, checkout: Checkout, reason: str) -> FraudWarning:
    """The card's network warns of fraud.

    Raises:
        Conflict: nothing was paid.
    """
    if checkout.state != "paid":
        raise Conflict(f"This payment is {checkout.state}; there is nothing to warn of.")
    now = sandbox.clock.now()
    made = FraudWarning(id=f"frw_{secrets.token_urlsafe(18)}", checkout_id=checkout.id, reason=reason, created_at=now)
    with sandbox.store.transaction():
        sandbox.store.make(made.id, made, milliseconds(now), about=checkout.id)
        sandbox.outbox.emit("fraud_warning.created", checkout.webhook_url, made)
    return made


def _read(sandbox: Sandbox, kind: type[T], object_id: str) -> T:
    found = sandbox.store.read(kind, object_id)
    if found is None:
        raise NotFound
    return found


@post("/v1/checkouts/{checkout_id:str}/refunds", guards=[require_api_key], sync_to_thread=False)
def create_refund(
    checkout_id: FromPath[str],
    request: Request[Any, Any, Any],
    data: JSONBody[NewRefund],
    sandbox: NamedDependency[Sandbox],
) -> Refund:
    return refund(sandbox, idempotency_key(request), find(sandbox, checkout_id), data)


@get("/v1/refunds", guards=[require_api_key], sync_to_thread=False)
def list_refunds(
    sandbox: NamedDependency[Sandbox],
    since: FromQuery[datetime],
    until: FromQuery[datetime],
    cursor: FromQuery[str] = "",
) -> Listing[Refund]:
    return listing(sandbox, Refund, since, until, cursor)


@get("/v1/disputes", guards=[require_api_key], sync_to_thread=False)
def list_disputes(
    sandbox: NamedDependency[Sandbox],
    since: FromQuery[datetime],
    until: FromQuery[datetime],
    cursor: FromQuery[str] = "",
) -> Listing[Dispute]:
    return listing(sandbox, Dispute, since, until, cursor)


@post("/v1/checkouts/{checkout_id:str}/disputes", guards=[require_api_key], sync_to_thread=False)
def create_dispute(
    checkout_id: FromPath[str], data: JSONBody[NewDispute], sandbox: NamedDependency[Sandbox]
) -> Dispute:
    return open_dispute(sandbox, find(sandbox, checkout_id), data)


@post("/v1/disputes/{dispute_id:str}/end", guards=[require_api_key], status_code=200, sync_to_thread=False)
def decide_dispute(dispute_id: FromPath[str], data: JSONBody[DisputeEnd], sandbox: NamedDependency[Sandbox]) -> Dispute:
    return end_dispute(sandbox, dispute_id, data.outcome)


@post("/v1/checkouts/{checkout_id:str}/fraud-warnings", guards=[require_api_key], sync_to_thread=False)
def create_warning(
    checkout_id: FromPath[str], data: JSONBody[NewFraudWarning], sandbox: NamedDependency[Sandbox]
) -> FraudWarning:
    return warn(sandbox, find(sandbox, checkout_id), data.reason)


def _fail(sandbox: Sandbox, refund_id: str) -> None:
    made = _read(sandbox, Refund, refund_id)
    made.state = "failed"
    sandbox.store.write(made.id, made)
    sandbox.outbox.emit("refund.failed", find(sandbox, made.checkout_id).webhook_url, made)


TIMERS: Timers = {"refund.fail": _fail}
HANDLERS = (create_refund, list_refunds, list_disputes, create_dispute, decide_dispute, create_warning)
