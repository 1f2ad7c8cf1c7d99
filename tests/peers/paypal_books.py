"""What PayPal remembers: orders, captures, refunds and disputes, and what it refuses to do with them."""

import itertools
import secrets
import string
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

_WITH_CENTS = "AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD ILS MXN MYR NOK NZD PHP PLN SEK SGD THB USD"
CURRENCIES = dict.fromkeys(_WITH_CENTS.split(), 2) | {"HUF": 0, "JPY": 0, "TWD": 0}
Object = dict[str, Any]


class Refused(Exception):
    """An error as PayPal answers it."""

    def __init__(self, status: int, issue: str, name: str = "UNPROCESSABLE_ENTITY") -> None:
        super().__init__(issue)
        self.status = status
        self.body = {
            "name": name,
            "message": "The requested action could not be performed, semantically incorrect, or failed validation.",
            "debug_id": secrets.token_hex(6),
            "details": [{"issue": issue, "description": issue.lower().replace("_", " ")}],
            "links": [],
        }


def malformed(issue: str) -> Refused:
    return Refused(400, issue, "INVALID_REQUEST")


def missing() -> Refused:
    return Refused(404, "INVALID_RESOURCE_ID", "RESOURCE_NOT_FOUND")


def strict(value: Any, allowed: set[str], required: AbstractSet[str] = frozenset()) -> Object:
    """An object with known fields only."""
    if not isinstance(value, dict):
        raise malformed("MALFORMED_REQUEST_JSON")
    if unknown := value.keys() - allowed:
        raise malformed(f"UNKNOWN_PARAMETER_{sorted(unknown)[0].upper()}")
    if required - value.keys():
        raise malformed("MISSING_REQUIRED_PARAMETER")
    return value


def new_id() -> str:
    return "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(17))


def value_of(amount: Object) -> Decimal:
    return Decimal(amount["value"])


def checked_amount(amount: Any) -> Object:
    strict(amount, {"currency_code", "value"}, {"currency_code", "value"})
    decimals = CURRENCIES.get(amount["currency_code"])
    if decimals is None:
        raise Refused(422, "CURRENCY_NOT_SUPPORTED")
    whole, dot, part = str(amount["value"]).partition(".")
    if not isinstance(amount["value"], str) or not whole.isdecimal() or (dot and not part.isdecimal()):
        raise malformed("INVALID_PARAMETER_SYNTAX")
    if dot and decimals == 0:
        raise Refused(422, "DECIMALS_NOT_SUPPORTED")
    if len(part) > decimals:
        raise Refused(422, "DECIMAL_PRECISION")
    if value_of(amount) <= 0:
        raise Refused(422, "CANNOT_BE_ZERO_OR_NEGATIVE")
    return dict(amount)


@dataclass
class Books:
    """All PayPal has of one seller. `origin`: where the peer is reached; `ahead`: of the machine's clock."""

    origin: str
    orders: dict[str, Object] = field(default_factory=dict)
    captures: dict[str, Object] = field(default_factory=dict)
    refunds: dict[str, Object] = field(default_factory=dict)
    disputes: dict[str, Object] = field(default_factory=dict)
    rows: list[Object] = field(default_factory=list)
    events: list[Object] = field(default_factory=list)
    funding: dict[str, str] = field(default_factory=dict)
    refund_status: str = "COMPLETED"
    ahead: timedelta = timedelta()
    _numbers: Any = field(default_factory=itertools.count)

    def moment(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def now(self) -> str:
        """The moment as PayPal writes it: in whole seconds."""
        return self.moment().strftime("%Y-%m-%dT%H:%M:%SZ")

    def pass_time(self, seconds: float) -> None:
        """Let what happens from now on be later than what has happened."""
        self.ahead += timedelta(seconds=seconds)

    def emit(self, kind: str, resource_type: str, resource: Object) -> None:
        """An event, with the resource as it is now."""
        self.events.append(
            {
                "id": f"WH-{new_id()}-{new_id()}",
                "event_version": "1.0",
                "create_time": self.now(),
                "resource_type": resource_type,
                "resource_version": "2.0",
                "event_type": kind,
                "summary": kind.replace(".", " ").lower(),
                "resource": resource,
                "links": [],
            }
        )

    def link(self, rel: str, path: str, method: str = "GET") -> Object:
        return {"rel": rel, "href": f"{self.origin}{path}", "method": method}

    def row(self, code: str, transaction_id: str, resource: Object, **more: str | None) -> None:
        """A line of the account, as the transaction search shows it."""
        info = {
            "transaction_id": transaction_id,
            "transaction_event_code": code,
            "transaction_initiation_date": self.moment().strftime("%Y-%m-%dT%H:%M:%S+0000"),
            "transaction_amount": resource["amount"],
            "transaction_status": "S",
            "invoice_id": resource.get("invoice_id"),
            "custom_field": resource.get("custom_id"),
            **more,
        }
        self.rows.append({name: value for name, value in info.items() if value is not None})

    def order(self, order_id: str) -> Object:
        if order_id not in self.orders:
            raise missing()
        return self.orders[order_id]

    def capture(self, capture_id: str) -> Object:
        if capture_id not in self.captures:
            raise missing()
        return self.captures[capture_id]

    def create(self, body: Any) -> Object:
        """An order waiting for its payer."""
        strict(body, {"intent", "purchase_units", "payment_source", "payer"}, {"intent", "purchase_units"})
        if body["intent"] != "CAPTURE" or len(body["purchase_units"]) != 1:
            raise malformed("INVALID_PARAMETER_VALUE")
        unit = strict(
            body["purchase_units"][0],
            {"reference_id", "amount", "description", "custom_id", "invoice_id", "soft_descriptor", "payee", "items"},
            {"amount"},
        )
        amount = checked_amount(unit["amount"])
        limits = {"description": 127, "custom_id": 255, "invoice_id": 127}
        if any(len(unit.get(name, "")) > limit for name, limit in limits.items()):
            raise malformed("INVALID_STRING_LENGTH")
        order_id, context = new_id(), _experience(body.get("payment_source"))
        self.orders[order_id] = {
            "id": order_id,
            "intent": "CAPTURE",
            "status": "PAYER_ACTION_REQUIRED",
            "payment_source": {"paypal": {}},
            "purchase_units": [unit | {"reference_id": "default", "amount": amount}],
            "create_time": self.now(),
            "links": [
                self.link("self", f"/v2/checkout/orders/{order_id}"),
                self.link("payer-action", f"/checkoutnow?token={order_id}"),
            ],
            "_context": context,
        }
        return self.orders[order_id]

    def approve(self, order_id: str, country: str, funding: str) -> str:
        """The payer says yes; the address the payer goes back to."""
        order = self.order(order_id)
        if order["status"] not in {"PAYER_ACTION_REQUIRED", "CREATED", "APPROVED"}:
            raise Refused(422, "ORDER_ALREADY_COMPLETED")
        payer = {
            "payer_id": new_id()[:13],
            "email_address": "payer@example.com",
            "name": {"given_name": "Pat", "surname": "Payer"},
            "address": {"country_code": country},
        }
        order |= {"status": "APPROVED", "payer": payer, "update_time": self.now()}
        order["payment_source"] = {"paypal": {"account_id": payer["payer_id"], "address": payer["address"]}}
        self.funding[order_id] = funding
        self.emit("CHECKOUT.ORDER.APPROVED", "checkout-order", self.shown(order))
        return f"{order['_context']['return_url']}?token={order_id}&PayerID={payer['payer_id']}"

    def patch(self, order_id: str, changes: Any) -> None:
        order = self.order(order_id)
        if order["status"] == "COMPLETED":
            raise Refused(422, "ORDER_ALREADY_COMPLETED")
        if order["status"] not in {"CREATED", "APPROVED"}:
            raise Refused(422, "PAYER_ACTION_REQUIRED")
        for change in changes:
            strict(change, {"op", "path", "value"}, {"op", "path"})
            start, _, name = change["path"].rpartition("/")
            if start != "/purchase_units/@reference_id=='default'" or name not in {
                "custom_id", "description", "invoice_id",
            }:  # fmt: skip
                raise Refused(422, "INVALID_PATCH_OPERATION")
            order["purchase_units"][0][name] = change["value"]
        order["update_time"] = self.now()

    def shown(self, order: Object) -> Object:
        """An order as PayPal shows it, with what came of it."""
        visible = {name: value for name, value in order.items() if not name.startswith("_")}
        captures = [capture for capture in self.captures.values() if capture["_order"] == order["id"]]
        if captures:
            ids = {capture["id"] for capture in captures}
            refunds = [shown(refund) for refund in self.refunds.values() if refund["_capture"] in ids]
            payments = {"captures": list(map(shown, captures))} | ({"refunds": refunds} if refunds else {})
            visible["purchase_units"] = [visible["purchase_units"][0] | {"payments": payments}]
        return visible


def shown(resource: Object) -> Object:
    return {name: value for name, value in resource.items() if not name.startswith("_")}


def _experience(source: Any) -> Object:
    strict(source, {"paypal"}, {"paypal"})
    strict(source["paypal"], {"experience_context", "email_address", "address"}, {"experience_context"})
    context = strict(
        source["paypal"]["experience_context"],
        {
            "brand_name", "locale", "shipping_preference", "user_action", "return_url", "cancel_url", "landing_page",
            "payment_method_preference",
        },
        {"return_url", "cancel_url"},
    )  # fmt: skip
    if len(context.get("brand_name", "")) > 127:
        raise malformed("INVALID_STRING_LENGTH")
    return context
