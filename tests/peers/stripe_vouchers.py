"""Vouchers and bank transfers of the pretend Stripe: what a buyer is given to pay with, and what comes of it."""

import time
from typing import Any

from tests.peers.stripe_store import Refusal, Stored

DAYS = 86_400
VOUCHER_DAYS = {"boleto": 3, "konbini": 3, "multibanco": 7, "oxxo": 3, "pix": 1}
VOUCHERS = frozenset({*VOUCHER_DAYS, "customer_balance"})


def action_of(method: str, url: str, amount: int, currency: str) -> Stored:
    """What the buyer is told to do."""
    ends_at = int(time.time()) + VOUCHER_DAYS.get(method, 0) * DAYS
    shown = f"{url}/voucher/{method}"
    stores = {
        "familymart": {"payment_code": "123456", "confirmation_number": "4567890123"},
        "lawson": {"payment_code": "654321", "confirmation_number": "4567890123"},
        "ministop": None,
        "seicomart": {"payment_code": "777777", "confirmation_number": None},
    }
    address = {"city": None, "country": "DE", "line1": None, "line2": None, "postal_code": None, "state": None}
    iban = {
        "account_holder_name": "Plaudit", "bic": "AGRIFRPP", "country": "FR", "iban": "FR7630006000011234567890189",
        "account_holder_address": address, "bank_address": address,
    }  # fmt: skip
    named: dict[str, tuple[str, Stored]] = {
        "boleto": (
            "boleto_display_details",
            {"number": "01010101010101010101010101010101010101010101010", "expires_at": ends_at,
             "hosted_voucher_url": shown, "pdf": f"{shown}.pdf"},
        ),
        "konbini": (
            "konbini_display_details", {"expires_at": ends_at, "hosted_voucher_url": shown, "stores": stores},
        ),
        "multibanco": (
            "multibanco_display_details",
            {"entity": "12345", "reference": "999999999", "expires_at": ends_at, "hosted_voucher_url": shown},
        ),
        "oxxo": (
            "oxxo_display_details",
            {"number": "12345678901234657890123456789012", "expires_after": ends_at, "hosted_voucher_url": shown},
        ),
        "pix": (
            "pix_display_qr_code",
            {"data": "00020126br.gov.bcb.pix", "expires_at": ends_at, "hosted_instructions_url": shown,
             "image_url_png": f"{shown}.png", "image_url_svg": f"{shown}.svg"},
        ),
        "customer_balance": (
            "display_bank_transfer_instructions",
            {"amount_remaining": amount, "currency": currency, "hosted_instructions_url": shown,
             "reference": "XG5AB7", "type": "eu_bank_transfer",
             "financial_addresses": [{"type": "iban", "supported_networks": ["sepa"], "iban": iban}]},
        ),
    }  # fmt: skip
    name, details = named[method]
    return {"type": name, name: details}


class Vouchers:
    """Intents that wait to be paid elsewhere. A part of the account's books."""

    def pay_voucher(self, intent: Stored, amount: int | None = None) -> None:
        """The buyer pays, all of it or, by bank transfer, a part; perhaps after the voucher has run out."""
        books: Any = self
        method = intent["payment_method"]
        if method not in VOUCHERS or intent["status"] not in {"requires_action", "requires_payment_method"}:
            raise Refusal(400, "payment_intent_unexpected_state", "Nothing is to be paid with a voucher.")
        transfer = (intent["next_action"] or {}).get("display_bank_transfer_instructions")
        if amount is not None:
            if transfer is None or not 0 < amount < transfer["amount_remaining"]:
                raise Refusal(400, "amount_too_large", "Not a part of what is missing.")
            transfer["amount_remaining"] -= amount
            books.emit("payment_intent.partially_funded", intent)
            return
        intent |= {"next_action": None, "last_payment_error": None}
        books._succeed(intent, books._charge(intent, {"type": method, method: {}}, None, "succeeded"))
        self._tell_session(intent, "succeeded")

    def lapse_voucher(self, intent: Stored) -> None:
        """Nobody has paid in time."""
        books: Any = self
        if intent["status"] != "requires_action":
            raise Refusal(400, "payment_intent_unexpected_state", "Nothing is to be paid with a voucher.")
        error = {
            "type": "invalid_request_error", "code": "payment_intent_payment_attempt_expired",
            "payment_method": {"type": intent["payment_method"]},
        }  # fmt: skip
        intent |= {"status": "requires_payment_method", "next_action": None, "last_payment_error": error}
        books.emit("payment_intent.payment_failed", intent)
        self._tell_session(intent, "failed")

    def _tell_session(self, intent: Stored, outcome: str) -> None:
        books: Any = self
        if session := books.session_of(intent["id"]):
            session["payment_status"] = "paid" if outcome == "succeeded" else "unpaid"
            books.emit(f"checkout.session.async_payment_{outcome}", session)
