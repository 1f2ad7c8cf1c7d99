"""The API of the pretend Stripe: who may call, strict parameters, idempotency keys, expansion and pages."""

import base64
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.peers import stripe_parameters as parameters
from tests.peers.stripe_books import Books
from tests.peers.stripe_store import Refusal, Stored

API_VERSION = "2026-10-28.endive"
EXPANDABLE = {
    ("checkout.session", "payment_intent"), ("payment_intent", "latest_charge"), ("charge", "balance_transaction"),
    ("charge", "payment_intent"), ("refund", "payment_intent"), ("refund", "charge"),
    ("refund", "balance_transaction"), ("balance_transaction", "source"),
    ("dispute", "payment_intent"), ("dispute", "charge"),
    ("radar.early_fraud_warning", "payment_intent"), ("radar.early_fraud_warning", "charge"),
    ("review", "payment_intent"), ("review", "charge"),
}  # fmt: skip
EXPAND_DEPTH_MAX = 4


class Call(NamedTuple):
    """A request as the API sees it."""

    method: str
    path: str
    headers: dict[str, str]
    given: dict[str, Any]


class Answer(NamedTuple):
    status: int
    body: Stored
    replayed: bool = False


class Route(NamedTuple):
    method: str
    pattern: str
    known: parameters.Known
    act: Callable[[Books, str, Stored], Stored]


def _session(books: Books, object_id: str) -> Stored:
    return books.get(object_id, "checkout.session")


def _intent(books: Books, object_id: str) -> Stored:
    return books.get(object_id, "payment_intent")


def _confirm(books: Books, object_id: str, given: Stored) -> Stored:
    intent = _intent(books, object_id)
    if intent["customer"]:
        books.confirm_kept(intent, given)
    else:
        books.confirm(intent, given.get("payment_method", ""))
    return _intent(books, object_id)


def _reader(kind: str) -> Callable[[Books, str, Stored], Stored]:
    return lambda books, object_id, _: books.get(object_id, kind)


def _lister(kind: str) -> Callable[[Books, str, Stored], Stored]:
    return lambda books, _, given: page(books, kind, given)


def _cards_of(books: Books, customer_id: str, given: Stored) -> Stored:
    """The cards kept for a customer."""
    books.customer(customer_id, "id")
    return page(books, "payment_method", given | {"customer": customer_id})


ROUTES = (
    Route("POST", "/v1/checkout/sessions", parameters.SESSION_CREATE, lambda b, _, given: b.create_session(given)),
    Route("GET", "/v1/checkout/sessions", parameters.SESSION_LIST, _lister("checkout.session")),
    Route("GET", "/v1/checkout/sessions/ID", parameters.RETRIEVE, _reader("checkout.session")),
    Route("POST", "/v1/checkout/sessions/ID/expire", parameters.RETRIEVE,
          lambda b, at, _: b.expire_session(_session(b, at))),
    Route("POST", "/v1/payment_intents", parameters.INTENT_CREATE, lambda b, _, given: b.create_intent(given)),
    Route("GET", "/v1/payment_intents", parameters.INTENT_LIST, _lister("payment_intent")),
    Route("GET", "/v1/payment_intents/ID", parameters.RETRIEVE, _reader("payment_intent")),
    Route("POST", "/v1/payment_intents/ID/confirm", parameters.INTENT_CONFIRM, _confirm),
    Route("POST", "/v1/payment_intents/ID/capture", parameters.INTENT_CAPTURE,
          lambda b, at, given: b.capture(_intent(b, at), given.get("amount_to_capture"))),
    Route("POST", "/v1/payment_intents/ID/cancel", parameters.INTENT_CANCEL,
          lambda b, at, given: b.cancel(_intent(b, at), given.get("cancellation_reason"))),
    Route("POST", "/v1/refunds", parameters.REFUND_CREATE, lambda b, _, given: b.create_refund(given)),
    Route("GET", "/v1/refunds", parameters.OF_PAYMENT_LIST, _lister("refund")),
    Route("GET", "/v1/refunds/ID", parameters.RETRIEVE, _reader("refund")),
    Route("GET", "/v1/charges/ID", parameters.RETRIEVE, _reader("charge")),
    Route("GET", "/v1/balance_transactions", parameters.BALANCE_LIST, _lister("balance_transaction")),
    Route("GET", "/v1/disputes", parameters.OF_PAYMENT_LIST, _lister("dispute")),
    Route("GET", "/v1/disputes/ID", parameters.RETRIEVE, _reader("dispute")),
    Route("GET", "/v1/radar/early_fraud_warnings", parameters.OF_PAYMENT_LIST, _lister("radar.early_fraud_warning")),
    Route("GET", "/v1/radar/early_fraud_warnings/ID", parameters.RETRIEVE, _reader("radar.early_fraud_warning")),
    Route("GET", "/v1/reviews/ID", parameters.RETRIEVE, _reader("review")),
    Route("POST", "/v1/customers", parameters.CUSTOMER_CREATE, lambda b, _, given: b.create_customer(given)),
    Route("DELETE", "/v1/customers/ID", parameters.CUSTOMER_DELETE, lambda b, at, _: b.delete_customer(at)),
    Route("GET", "/v1/customers/ID/payment_methods", parameters.CARDS_LIST, _cards_of),
    Route("POST", "/v1/payment_methods/ID/detach", parameters.RETRIEVE, lambda b, at, _: b.detach(at)),
    Route("GET", "/v1/payouts/ID", parameters.RETRIEVE, _reader("payout")),
)  # fmt: skip


class Api:
    """One account's API; the answers to idempotency keys are kept, as Stripe does for a day."""

    def __init__(self, books: Books, secret_key: str) -> None:
        self.books, self.secret_key = books, secret_key
        self.kept: dict[str, tuple[Call, Answer]] = {}

    def answer(self, call: Call) -> Answer:
        try:
            self._authenticate(call)
            route, object_id = _route(call)
            given = dict(call.given)
            parameters.check(route.known, given)
        except parameters.ParameterError as error:
            return _refused(Refusal(400, error.code, str(error), param=error.name))
        except Refusal as refusal:
            return _refused(refusal)
        key = call.headers.get("idempotency-key") if call.method == "POST" else None
        if key and (known := self.kept.get(key)):
            return _again(call, *known)
        answer = self._act(route, object_id, given)
        if key:
            self.kept[key] = (call, answer)
        return answer

    def _act(self, route: Route, object_id: str, given: Stored) -> Answer:
        expand = given.pop("expand", [])
        try:
            return Answer(200, expanded(self.books, route.act(self.books, object_id, given), expand))
        except Refusal as refusal:
            return _refused(refusal)

    def _authenticate(self, call: Call) -> None:
        given = call.headers.get("authorization", "")
        if given.startswith("Basic "):
            key = base64.b64decode(given[6:]).decode().rstrip(":")
        else:
            key = given.removeprefix("Bearer ")
        if key != self.secret_key:
            raise Refusal(401, "", f"Invalid API Key provided: {key[:8]}***")
        if call.headers.get("stripe-version", API_VERSION) != API_VERSION:
            raise Refusal(400, "", "Invalid Stripe API version.")


def page(books: Books, kind: str, given: Stored) -> Stored:
    """A page of a list, newest first."""
    limit = int(given.get("limit", "10"))
    if not 1 <= limit <= 100:
        raise Refusal(400, "parameter_invalid_integer", "limit lies between 1 and 100", param="limit")
    created = given.get("created", {})
    filters = {
        name: given[name] for name in ("payment_intent", "charge", "status", "customer", "type") if name in given
    }
    found = [item for item in reversed(books.objects.values()) if item.get("object") == kind]
    found = [item for item in found if all(item.get(name) == value for name, value in filters.items())]
    found = [item for item in found if _within(item["created"], created)]
    if after := given.get("starting_after"):
        ids = [item["id"] for item in found]
        if after not in ids:
            raise Refusal(400, "resource_missing", f"No such {kind}: '{after}'", param="starting_after")
        found = found[ids.index(after) + 1 :]
    return {"object": "list", "url": "/v1/list", "has_more": len(found) > limit, "data": found[:limit]}


def _within(created: int, bounds: dict[str, str]) -> bool:
    tests: dict[str, Callable[[int], bool]] = {
        "gt": lambda bound: created > bound,
        "gte": lambda bound: created >= bound,
        "lt": lambda bound: created < bound,
        "lte": lambda bound: created <= bound,
    }
    return all(tests[name](int(bound)) for name, bound in bounds.items())


def expanded(books: Books, found: Stored, paths: list[str]) -> Stored:
    """A copy with the ids at these paths replaced by their objects."""
    if any(path.count(".") >= EXPAND_DEPTH_MAX for path in paths):
        raise Refusal(400, "", "You cannot expand more than 4 levels of a property.", param="expand")
    copy = dict(found)
    for path in paths:
        _expand(books, copy, path.split("."))
    return copy


def _expand(books: Books, place: Stored, steps: list[str]) -> None:
    name, rest = steps[0], steps[1:]
    if place.get("object") == "list" and name == "data":
        place["data"] = [dict(item) for item in place["data"]]
        for item in place["data"]:
            _expand(books, item, rest)
        return
    if (place.get("object"), name) not in EXPANDABLE:
        raise Refusal(400, "", f"This property cannot be expanded ({name}).", param="expand")
    value = place.get(name)
    if isinstance(value, str):
        place[name] = dict(books.objects[value])
    elif isinstance(value, dict):
        place[name] = dict(value)
    if rest and isinstance(place[name], dict):
        _expand(books, place[name], rest)


def _route(call: Call) -> tuple[Route, str]:
    for route in ROUTES:
        found = re.fullmatch(route.pattern.replace("ID", "([A-Za-z0-9_]+)"), call.path)
        if found and route.method == call.method:
            return route, found.group(1) if found.groups() else ""
    raise Refusal(404, "", f"Unrecognized request URL ({call.method}: {call.path}).")


def _refused(refusal: Refusal) -> Answer:
    return Answer(refusal.status, refusal.body)


def _again(call: Call, first: Call, answer: Answer) -> Answer:
    if (call.path, call.given) != (first.path, first.given):
        message = "Keys for idempotent requests can only be used with the same parameters they were first used with."
        return _refused(Refusal(400, "", message, type_="idempotency_error"))
    return answer._replace(replayed=True)
