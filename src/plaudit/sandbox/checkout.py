"""Hosted checkouts of the sandbox: the API a shop calls, and the pages its buyers see."""

import re
import secrets
from datetime import datetime
from fractions import Fraction
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery, JSONBody
from msgspec import Meta

from plaudit.limits import RETURN_URL_LENGTH_MAX, SANDBOX_CHECKOUT_VALID_S_MAX
from plaudit.moments import Moment
from plaudit.money import exponent, round_half_up
from plaudit.problems import Conflict, InvalidField, NotFound
from plaudit.sandbox.listing import Listing, listing
from plaudit.sandbox.shared import Sandbox, Timers, idempotency_key, page, require_api_key
from plaudit.sandbox.webhooks import milliseconds
from plaudit.sandbox.words import words_of

FEE_BPS = 290  # what the sandbox keeps of a payment, like a usual card processor
State = Literal["open", "confirming", "authorised", "processing", "paid", "declined", "expired", "cancelled"]
Outcome = Literal["succeeds", "is declined", "needs confirmation", "confirms late", "expires", "cannot be refunded"]


class Card(NamedTuple):
    """A test card: what becomes of it, and where its bank is."""

    outcome: Outcome
    country: str


CARDS: dict[str, Card] = {
    "4242424242424242": Card("succeeds", "US"),
    "4000000000000002": Card("is declined", "US"),
    "4000000000003220": Card("needs confirmation", "US"),
    "4000000000000077": Card("confirms late", "US"),
    "4000000000000069": Card("expires", "US"),
    "4000000000005126": Card("cannot be refunded", "US"),
    "4000008260000000": Card("succeeds", "GB"),
    "4000002760000016": Card("succeeds", "DE"),
    "4000002500000003": Card("succeeds", "FR"),
    "4000007240000007": Card("succeeds", "ES"),
    "4000000760000002": Card("succeeds", "BR"),
    "4000004840008001": Card("succeeds", "MX"),
    "4000003600000006": Card("succeeds", "ID"),
    "4000003920000003": Card("succeeds", "JP"),
}


class NewCheckout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a shop asks for."""

    reference: Annotated[str, Meta(min_length=1, max_length=100)]
    amount_minor: Annotated[int, Meta(ge=1, le=10**12)]
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$(?!\n)")]
    description: Annotated[str, Meta(min_length=1, max_length=200)]
    return_url: Annotated[str, Meta(pattern="^https?://", max_length=RETURN_URL_LENGTH_MAX)]
    webhook_url: Annotated[str, Meta(pattern="^https?://", max_length=RETURN_URL_LENGTH_MAX)]
    expires_at: Moment
    capture: Literal["at_once", "later"] = "at_once"
    locale: Annotated[str, Meta(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$(?!\n)", max_length=35)] = "en"


class Checkout(msgspec.Struct, kw_only=True):
    """One payment. Final: paid, declined, expired, cancelled. `confirming`: the buyer is asked by the bank.

    With `capture` later a card's payment is authorised only, and paid when the shop takes it.
    """

    id: str
    reference: str
    state: State
    amount_minor: int
    currency: str
    description: str
    url: str
    return_url: str
    webhook_url: str
    created_at: datetime
    expires_at: datetime
    card: str | None = None
    card_country: str | None = None
    paid_at: datetime | None = None
    fee_minor: int | None = None
    capture: Literal["at_once", "later"] = "at_once"
    locale: str = "en"


class CardForm(msgspec.Struct, frozen=True):
    card_number: str = ""


class ConfirmForm(msgspec.Struct, frozen=True):
    decision: Literal["approve", "refuse"]


def create(sandbox: Sandbox, key: str, asked: NewCheckout) -> Checkout:
    """A new checkout; the one made before when the key and the request are the same.

    Raises:
        IdempotencyConflict: the key came with another request.
        InvalidField: an unknown currency, or an end that does not lie ahead.
    """
    exponent(asked.currency)
    request = msgspec.json.encode(asked)
    if known := sandbox.store.find_key(f"checkout:{key}", request):
        return find(sandbox, known)
    now = sandbox.clock.now()
    left_s = (asked.expires_at - now).total_seconds()
    if not 0 < left_s <= SANDBOX_CHECKOUT_VALID_S_MAX:
        raise InvalidField(field="expires_at", reason=f"must lie ahead, at most {SANDBOX_CHECKOUT_VALID_S_MAX} s")
    checkout_id = f"chk_{secrets.token_urlsafe(18)}"
    checkout = Checkout(
        id=checkout_id,
        reference=asked.reference,
        state="open",
        amount_minor=asked.amount_minor,
        currency=asked.currency,
        description=asked.description,
        url=f"{sandbox.config.public_url}/checkout/{checkout_id}",
        return_url=asked.return_url,
        webhook_url=asked.webhook_url,
        created_at=now,
        expires_at=asked.expires_at,
        capture=asked.capture,
        locale=asked.locale,
    )
    with sandbox.store.transaction():
        sandbox.store.make(checkout.id, checkout, milliseconds(now))
        sandbox.store.write_key(f"checkout:{key}", request, checkout.id)
        sandbox.at(left_s, "checkout.expire", checkout.id)
        sandbox.outbox.emit("checkout.open", checkout.webhook_url, checkout)
    return checkout


def find(sandbox: Sandbox, checkout_id: str) -> Checkout:
    """A checkout.

    Raises:
        NotFound: there is none with this id.
    """
    checkout = sandbox.store.read(Checkout, checkout_id)
    if checkout is None:
        raise NotFound
    return checkout


def pay(sandbox: Sandbox, checkout: Checkout, card_number: str) -> None:
    """What the card does to an open checkout.

    Raises:
        InvalidField: not one of the test cards.
        Conflict: the checkout is not open any more.
    """
    digits = re.sub(r"[\s-]", "", card_number)
    if digits not in CARDS:
        raise InvalidField(
            field="card_number", reason="must be one of the test cards below; the sandbox takes no real card"
        )
    if checkout.state not in {"open", "confirming"}:
        raise Conflict("This payment is not open any more.")
    outcome, country = CARDS[digits]
    checkout.card, checkout.card_country = digits[-4:], country
    with sandbox.store.transaction():
        if outcome == "needs confirmation":
            checkout.state = "confirming"
            sandbox.store.write(checkout.id, checkout)
        elif outcome == "confirms late":
            _move(sandbox, checkout, "processing")
            sandbox.at(sandbox.config.late_s, "checkout.pay_late", checkout.id)
        else:
            final: dict[Outcome, State] = {"is declined": "declined", "expires": "expired"}
            _move(sandbox, checkout, final.get(outcome) or _agreed(checkout))


def confirm(sandbox: Sandbox, checkout: Checkout, decision: Literal["approve", "refuse"]) -> None:
    """The buyer's answer to the bank.

    Raises:
        Conflict: the bank does not ask.
    """
    if checkout.state != "confirming":
        raise Conflict("The bank is not asking about this payment.")
    with sandbox.store.transaction():
        _move(sandbox, checkout, _agreed(checkout) if decision == "approve" else "declined")


def capture(sandbox: Sandbox, checkout: Checkout) -> None:
    """Take an authorised payment; of one that is paid nothing happens.

    Raises:
        Conflict: there is nothing to take.
    """
    if checkout.state == "paid":
        return
    if checkout.state != "authorised":
        raise Conflict(f"This payment is {checkout.state}; it cannot be taken.")
    with sandbox.store.transaction():
        _move(sandbox, checkout, "paid")


def cancel(sandbox: Sandbox, checkout: Checkout) -> None:
    """Let go of a payment that is not taken; of one that is let go nothing happens.

    Raises:
        Conflict: it is taken, or being taken.
    """
    if checkout.state in {"cancelled", "declined", "expired"}:
        return
    if checkout.state in {"paid", "processing"}:
        raise Conflict(f"This payment is {checkout.state}; refund it instead.")
    with sandbox.store.transaction():
        _move(sandbox, checkout, "cancelled")


def _agreed(checkout: Checkout) -> State:
    return "authorised" if checkout.capture == "later" else "paid"


def _move(sandbox: Sandbox, checkout: Checkout, state: State) -> None:
    checkout.state = state
    if state == "paid":
        checkout.paid_at = sandbox.clock.now()
        checkout.fee_minor = round_half_up(Fraction(checkout.amount_minor * FEE_BPS, 10_000))
    sandbox.store.write(checkout.id, checkout)
    sandbox.outbox.emit(f"checkout.{state}", checkout.webhook_url, checkout)


@post("/v1/checkouts", guards=[require_api_key], sync_to_thread=False)
def create_checkout(
    request: Request[Any, Any, Any], data: JSONBody[NewCheckout], sandbox: NamedDependency[Sandbox]
) -> Checkout:
    return create(sandbox, idempotency_key(request), data)


@get("/v1/checkouts/{checkout_id:str}", guards=[require_api_key], sync_to_thread=False)
def read_checkout(checkout_id: FromPath[str], sandbox: NamedDependency[Sandbox]) -> Checkout:
    return find(sandbox, checkout_id)


@get("/v1/checkouts", guards=[require_api_key], sync_to_thread=False)
def list_checkouts(
    sandbox: NamedDependency[Sandbox],
    since: FromQuery[datetime],
    until: FromQuery[datetime],
    cursor: FromQuery[str] = "",
) -> Listing[Checkout]:
    return listing(sandbox, Checkout, since, until, cursor)


@post("/v1/checkouts/{checkout_id:str}/capture", guards=[require_api_key], status_code=200, sync_to_thread=False)
def capture_checkout(checkout_id: FromPath[str], sandbox: NamedDependency[Sandbox]) -> Checkout:
    capture(sandbox, checkout := find(sandbox, checkout_id))
    return checkout


@post("/v1/checkouts/{checkout_id:str}/cancel", guards=[require_api_key], status_code=200, sync_to_thread=False)
def cancel_checkout(checkout_id: FromPath[str], sandbox: NamedDependency[Sandbox]) -> Checkout:
    cancel(sandbox, checkout := find(sandbox, checkout_id))
    return checkout


@get("/checkout/{checkout_id:str}", sync_to_thread=False)
def checkout_page(checkout_id: FromPath[str], sandbox: NamedDependency[Sandbox]) -> Response[str]:
    checkout = sandbox.store.read(Checkout, checkout_id)
    if checkout is None:
        return _render(None, "missing.html", 404)
    name = {"open": "card.html", "confirming": "confirm.html"}.get(checkout.state, "done.html")
    return _render(checkout, name)


@post("/checkout/{checkout_id:str}/pay", sync_to_thread=False)
def take_card(
    checkout_id: FromPath[str],
    data: Annotated[CardForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
    sandbox: NamedDependency[Sandbox],
) -> Response[str]:
    checkout = find(sandbox, checkout_id)
    try:
        pay(sandbox, checkout, data.card_number)
    except InvalidField:
        return _render(checkout, "card.html", 400, error=True, typed=data.card_number[:40])
    except Conflict:
        return _render(checkout, "done.html", 409)
    return _see_other(checkout.url if checkout.state == "confirming" else checkout.return_url)


@post("/checkout/{checkout_id:str}/confirm", sync_to_thread=False)
def take_decision(
    checkout_id: FromPath[str],
    data: Annotated[ConfirmForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
    sandbox: NamedDependency[Sandbox],
) -> Response[str]:
    checkout = find(sandbox, checkout_id)
    try:
        confirm(sandbox, checkout, data.decision)
    except Conflict:
        return _render(checkout, "card.html" if checkout.state == "open" else "done.html", 409)
    return _see_other(checkout.return_url)


def _see_other(url: str) -> Response[str]:
    return Response("", status_code=303, headers={"Location": url}, media_type=MediaType.TEXT)


def _render(checkout: Checkout | None, template: str, status: int = 200, **values: Any) -> Response[str]:
    words = words_of(checkout.locale if checkout else "en")
    if checkout:
        values["amount"] = words.amount(checkout.amount_minor, checkout.currency)
    shown = {"error": False, "typed": "", "checkout": checkout, "cards": CARDS} | values
    return page(template, words, status, **shown)


def _expire(sandbox: Sandbox, checkout_id: str) -> None:
    checkout = find(sandbox, checkout_id)
    if checkout.state in {"open", "confirming", "authorised"}:
        _move(sandbox, checkout, "expired")


def _pay_late(sandbox: Sandbox, checkout_id: str) -> None:
    checkout = find(sandbox, checkout_id)
    if checkout.state == "processing":
        _move(sandbox, checkout, "paid")


TIMERS: Timers = {"checkout.expire": _expire, "checkout.pay_late": _pay_late}
HANDLERS = (
    create_checkout, read_checkout, list_checkouts, capture_checkout, cancel_checkout, checkout_page, take_card,
    take_decision,
)  # fmt: skip
