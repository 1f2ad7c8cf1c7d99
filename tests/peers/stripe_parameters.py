"""What the pretend Stripe lets a request say: forms with brackets, and the parameters each call knows."""

import re
from typing import Any
from urllib.parse import parse_qsl

from tests.peers.stripe_wallets import HELD

# A mapping: the names below it. A list: what each element has. None: a value. ANY: names the caller chooses.
ANY = "any"
Known = dict[str, Any]

_METADATA: Known = {"metadata": ANY, "expand": [None]}
_CREATED = {"gt": None, "gte": None, "lt": None, "lte": None}
_PAGE: Known = {"created": _CREATED, "limit": None, "starting_after": None, "ending_before": None, "expand": [None]}
_OPTIONS: Known = {code: {"capture_method": None} for code in HELD} | {
    "card": {"capture_method": None, "setup_future_usage": None, "request_three_d_secure": None}
}

SESSION_CREATE: Known = _METADATA | {
    "mode": None,
    "client_reference_id": None,
    "line_items": [
        {
            "quantity": None,
            "price_data": {
                "currency": None,
                "unit_amount": None,
                "product_data": {"name": None, "description": None},
            },
        }
    ],
    "payment_intent_data": {"metadata": ANY, "description": None, "capture_method": None},
    "payment_method_options": _OPTIONS,
    "adaptive_pricing": {"enabled": None},
    "allowed_payment_method_types": [None],
    "billing_address_collection": None,
    "success_url": None,
    "cancel_url": None,
    "expires_at": None,
    "locale": None,
    "customer": None,
    "customer_email": None,
    "currency": None,
}
INTENT_CREATE: Known = _METADATA | {
    "amount": None,
    "currency": None,
    "description": None,
    "automatic_payment_methods": {"enabled": None, "allow_redirects": None},
    "payment_method_options": _OPTIONS,
    "capture_method": None,
    "allowed_payment_method_types": [None],
    "confirm": None,
    "payment_method": None,
    "customer": None,
    "return_url": None,
}
INTENT_CONFIRM: Known = {
    "payment_method": None,
    "payment_method_options": _OPTIONS,
    "return_url": None,
    "expand": [None],
}
CUSTOMER_CREATE: Known = _METADATA | {"address": {"country": None}, "email": None}
CUSTOMER_DELETE: Known = {}
CARDS_LIST: Known = {"type": None, "limit": None, "starting_after": None, "ending_before": None, "expand": [None]}
INTENT_CAPTURE: Known = _METADATA | {"amount_to_capture": None}
INTENT_CANCEL: Known = {"cancellation_reason": None, "expand": [None]}
REFUND_CREATE: Known = _METADATA | {"payment_intent": None, "charge": None, "amount": None, "reason": None}
RETRIEVE: Known = {"expand": [None]}
SESSION_LIST: Known = _PAGE | {"payment_intent": None, "status": None}
INTENT_LIST: Known = _PAGE | {"customer": None}
BALANCE_LIST: Known = _PAGE | {"type": None, "currency": None, "source": None}
OF_PAYMENT_LIST: Known = _PAGE | {"payment_intent": None, "charge": None}


class ParameterError(Exception):
    """A parameter that is unknown or cannot be read: its name and Stripe's code."""

    def __init__(self, name: str, code: str = "parameter_unknown") -> None:
        super().__init__(f"Received unknown parameter: {name}" if code == "parameter_unknown" else f"Invalid {name}")
        self.name, self.code = name, code


def read_form(text: str) -> dict[str, Any]:
    """Nested values of `a[b][0][c]=v`; elements that are numbered become lists."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        path = re.findall(r"[^\[\]]+", name)
        place = found
        for step in path[:-1]:
            place = place.setdefault(step, {})
        place[path[-1]] = value
    return {name: _lists(value) for name, value in found.items()}


def check(known: Known, given: dict[str, Any], prefix: str = "") -> None:
    """Every given name is known.

    Raises:
        ParameterError: one is not.
    """
    for name, value in given.items():
        full = f"{prefix}[{name}]" if prefix else name
        if name not in known:
            raise ParameterError(full)
        _check_value(known[name], value, full)


def _check_value(below: Any, value: Any, full: str) -> None:
    if below == ANY:
        return
    if isinstance(below, list):
        if not isinstance(value, list):
            raise ParameterError(full, "parameter_invalid")
        for index, element in enumerate(value):
            _check_value(below[0], element, f"{full}[{index}]")
    elif isinstance(below, dict):
        if not isinstance(value, dict):
            raise ParameterError(full, "parameter_invalid")
        check(below, value, full)
    elif not isinstance(value, str):
        raise ParameterError(full, "parameter_invalid")


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _lists(below) for name, below in value.items()}
    if inner and all(name.isdecimal() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner
