"""Hosted checkouts of the sandbox: the API a shop calls, and the pages its buyers see."""

import re
import secrets
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from babel.numbers import format_currency
from litestar import MediaType, Request, Response, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from msgspec import Meta

from plaudit.limits import RETURN_URL_LENGTH_MAX, SANDBOX_CHECKOUT_VALID_S_MAX
from plaudit.money import exponent, round_half_up
from plaudit.problems import Conflict, InvalidField, NotFound
from plaudit.sandbox.app import TEMPLATES, Sandbox, idempotency_key, require_api_key

FEE_BPS = 290  # what the sandbox keeps of a payment, like a usual card processor
CARD_COUNTRY = "US"

Outcome = Literal["succeeds", "is declined", "needs confirmation", "confirms late", "expires"]
CARDS: dict[str, Outcome] = {
    "4242424242424242": "succeeds",
    "4000000000000002": "is declined",
    "4000000000003220": "needs confirmation",
    "4000000000000077": "confirms late",
    "4000000000000069": "expires",
}


class NewCheckout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a shop asks for."""

    reference: Annotated[str, Meta(min_length=1, max_length=100)]
    amount_minor: Annotated[int, Meta(ge=1, le=10**12)]
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]
    description: Annotated[str, Meta(min_length=1, max_length=200)]
    return_url: Annotated[str, Meta(pattern="^https?://", max_length=RETURN_URL_LENGTH_MAX)]
    webhook_url: Annotated[str, Meta(pattern="^https?://", max_length=RETURN_URL_LENGTH_MAX)]
    expires_at: Annotated[datetime, Meta(tz=True)]


class Checkout(msgspec.Struct, kw_only=True):
    """One payment. Final: paid, declined, expired. `confirming`: the buyer is asked by the bank."""

    id: str
    reference: str
    state: Literal["open", "confirming", "processing", "paid", "declined", "expired"]
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
    )
    with sandbox.store.transaction():
        sandbox.store.write(checkout.id, checkout)
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
    checkout.card, checkout.card_country = digits[-4:], CARD_COUNTRY
    outcome = CARDS[digits]
    with sandbox.store.transaction():
        if outcome == "needs confirmation":
            checkout.state = "confirming"
            sandbox.store.write(checkout.id, checkout)
        elif outcome == "confirms late":
            _move(sandbox, checkout, "processing")
            sandbox.at(sandbox.config.late_s, "checkout.pay_late", checkout.id)
        else:
            final: dict[Outcome, Literal["paid", "declined", "expired"]]
            final = {"succeeds": "paid", "is declined": "declined", "expires": "expired"}
            _move(sandbox, checkout, final[outcome])


def confirm(sandbox: Sandbox, checkout: Checkout, decision: Literal["approve", "refuse"]) -> None:
    """The buyer's answer to the bank.

    Raises:
        Conflict: the bank does not ask.
    """
    if checkout.state != "confirming":
        raise Conflict("The bank is not asking about this payment.")
    with sandbox.store.transaction():
        _move(sandbox, checkout, "paid" if decision == "approve" else "declined")


def _move(sandbox: Sandbox, checkout: Checkout, state: Literal["processing", "paid", "declined", "expired"]) -> None:
    checkout.state = state
    if state == "paid":
        checkout.paid_at = sandbox.clock.now()
        checkout.fee_minor = round_half_up(Fraction(checkout.amount_minor * FEE_BPS, 10_000))
    sandbox.store.write(checkout.id, checkout)
    sandbox.outbox.emit(f"checkout.{state}", checkout.webhook_url, checkout)


@post("/v1/checkouts", guards=[require_api_key], sync_to_thread=False)
def create_checkout(request: Request[Any, Any, Any], data: NewCheckout, sandbox: Sandbox) -> Checkout:
    return create(sandbox, idempotency_key(request), data)


@get("/v1/checkouts/{checkout_id:str}", guards=[require_api_key], sync_to_thread=False)
def read_checkout(checkout_id: str, sandbox: Sandbox) -> Checkout:
    return find(sandbox, checkout_id)


@get("/checkout/{checkout_id:str}", sync_to_thread=False)
def page(checkout_id: str, sandbox: Sandbox) -> Response[str]:
    checkout = sandbox.store.read(Checkout, checkout_id)
    if checkout is None:
        return _render(None, "missing.html", 404)
    name = {"open": "card.html", "confirming": "confirm.html"}.get(checkout.state, "done.html")
    return _render(checkout, name)


@post("/checkout/{checkout_id:str}/pay", sync_to_thread=False)
def take_card(
    checkout_id: str,
    data: Annotated[CardForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
    sandbox: Sandbox,
) -> Response[str]:
    checkout = find(sandbox, checkout_id)
    try:
        pay(sandbox, checkout, data.card_number)
    except InvalidField as error:
        return _render(checkout, "card.html", 400, error=error.fields["reason"], typed=data.card_number[:40])
    except Conflict:
        return _render(checkout, "done.html", 409)
    return _see_other(checkout.url if checkout.state == "confirming" else checkout.return_url)


@post("/checkout/{checkout_id:str}/confirm", sync_to_thread=False)
def take_decision(
    checkout_id: str,
    data: Annotated[ConfirmForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
    sandbox: Sandbox,
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
    """A page that loads nothing, runs no script, and may send its form here and from here back to the shop."""
    nonce = secrets.token_urlsafe(12)
    back = ""
    if checkout:
        shop = urlsplit(checkout.return_url)
        back = f"{shop.scheme}://{shop.netloc}"
        amount = Decimal(checkout.amount_minor).scaleb(-exponent(checkout.currency))
        values["amount"] = format_currency(amount, checkout.currency, locale="en_US", currency_digits=False)
    html = TEMPLATES.get_template(template).render(
        {"error": None, "typed": "", "checkout": checkout, "cards": CARDS, "nonce": nonce} | values
    )
    allowed = f"style-src 'nonce-{nonce}'; img-src data:; form-action 'self' {back}; frame-ancestors 'none'"
    policy = f"default-src 'none'; {allowed}"
    headers = {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
    return Response(html, status_code=status, headers=headers, media_type=MediaType.HTML)


def install(sandbox: Sandbox) -> Router:
    """The routes of checkouts; registers what their timers do."""

    def expire(checkout_id: str) -> None:
        checkout = find(sandbox, checkout_id)
        if checkout.state in {"open", "confirming"}:
            _move(sandbox, checkout, "expired")

    def pay_late(checkout_id: str) -> None:
        checkout = find(sandbox, checkout_id)
        if checkout.state == "processing":
            _move(sandbox, checkout, "paid")

    sandbox.timers |= {"checkout.expire": expire, "checkout.pay_late": pay_late}
    return Router("/", route_handlers=[create_checkout, read_checkout, page, take_card, take_decision])
