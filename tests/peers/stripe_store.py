"""What the pretend Stripe keeps: objects by id, lines of its balance, and the amounts it takes."""

import secrets
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

Stored = dict[str, Any]

FEE_BPS, FEE_FIXED, DISPUTE_FEE = 290, 30, 1_500
ZERO_DECIMAL = {
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf",
}  # fmt: skip
STEPS = {"bhd": 10, "jod": 10, "kwd": 10, "omr": 10, "tnd": 10, "isk": 100}
CURRENCIES = ZERO_DECIMAL | STEPS.keys() | {"usd", "eur", "gbp", "brl", "idr", "mxn", "chf", "huf", "sek", "ugx"}
# Payments in these are settled in dollars: cents for one unit.
SETTLED_IN_USD = {"jpy": Fraction(67, 100), "brl": Fraction(18, 100)}
AMOUNT_MIN, AMOUNT_MAX = {"usd": 50, "eur": 50, "gbp": 30, "jpy": 50}, 99_999_999


class Refusal(Exception):
    """An error of the API."""

    def __init__(self, status: int, code: str, message: str, *, param: str = "", type_: str = "", **more: Any) -> None:
        super().__init__(message)
        self.status = status
        kind = type_ or "invalid_request_error"
        self.body = {"error": {"type": kind, "code": code, "message": message} | ({"param": param} if param else {})}
        self.body["error"] |= more


class Store:
    """Everything one account has; `emit` is told of every event."""

    def __init__(self, url: str, emit: Callable[..., None], *, live: bool) -> None:
        self.url, self.emit, self.live = url, emit, live
        self.objects: dict[str, Stored] = {}

    def get(self, object_id: str, kind: str) -> Stored:
        found = self.objects.get(object_id)
        if found is None or found["object"] != kind:
            raise Refusal(404, "resource_missing", f"No such {kind}: '{object_id}'", param="id")
        return found

    def add(self, prefix: str, kind: str, **fields: Any) -> Stored:
        made = {"id": f"{prefix}_{secrets.token_hex(12)}", "object": kind, "created": int(time.time()), **fields}
        if kind not in {"refund", "balance_transaction"}:
            made["livemode"] = self.live
        self.objects[made["id"]] = made
        return made

    def book(
        self, type_: str, amount: int, currency: str, source: str, *, fee: bool = False, fee_fixed: int = 0
    ) -> Stored:
        """A line of the account's balance, in the currency it is settled in."""
        rate = SETTLED_IN_USD.get(currency, Fraction(1))
        settled = round(amount * rate)
        kept = round(Fraction(settled * FEE_BPS, 10_000)) + FEE_FIXED if fee else fee_fixed
        return self.add(
            "txn", "balance_transaction",
            type=type_, source=source, description=None,
            amount=settled, currency="usd" if currency in SETTLED_IN_USD else currency, fee=kept,
            net=settled - kept, exchange_rate=None if rate == 1 else float(rate), status="pending",
        )  # fmt: skip


def check_amount(text: str, currency: str, param: str, smallest: int | None = None) -> int:
    """An amount Stripe takes of a currency.

    Raises:
        Refusal: it does not.
    """
    if currency not in CURRENCIES:
        raise Refusal(400, "", f"Invalid currency: {currency}.", param="currency")
    if not text.isdecimal():
        raise Refusal(400, "parameter_invalid_integer", f"Invalid integer: {text}", param=param)
    amount = int(text)
    if amount % STEPS.get(currency, 1):
        raise Refusal(400, "invalid_charge_amount_no_decimal_compatible", "Invalid amount.", param=param)
    if amount < (AMOUNT_MIN.get(currency, 1) if smallest is None else smallest):
        raise Refusal(400, "amount_too_small", "The amount is below the minimum.", param=param)
    if amount > AMOUNT_MAX:
        raise Refusal(400, "amount_too_large", "The amount is above the maximum.", param=param)
    return amount
