"""What Stripe gives buyers to pay with elsewhere: vouchers for a till, codes for a banking app, accounts."""

from datetime import UTC, datetime

import msgspec

from plaudit.selling.providers.news import Voucher, VoucherNumber
from plaudit.selling.providers.stripe.amounts import from_stripe

VOUCHER_METHODS = frozenset({"boleto", "customer_balance", "konbini", "multibanco", "oxxo", "pix"})
"""Methods a buyer pays by some time after the checkout. Nobody declines such a payment: its time runs out."""


class Store(msgspec.Struct, frozen=True):
    """What one chain of shops wants to see."""

    payment_code: str
    confirmation_number: str | None = None


class Iban(msgspec.Struct, frozen=True):
    iban: str
    bic: str = ""
    account_holder_name: str = ""


class FinancialAddress(msgspec.Struct, frozen=True):
    """An account to transfer to."""

    iban: Iban | None = None


class Instructions(msgspec.Struct, frozen=True):
    """What to pay with, where, until when. Each method has some of it."""

    number: str | None = None
    entity: str | None = None
    reference: str | None = None
    data: str | None = None
    stores: dict[str, Store | None] = {}
    financial_addresses: list[FinancialAddress] | None = None
    amount_remaining: int | None = None
    expires_at: int | None = None
    expires_after: int | None = None
    hosted_voucher_url: str | None = None
    hosted_instructions_url: str | None = None
    hosted_verification_url: str | None = None


class Redirect(msgspec.Struct, frozen=True):
    url: str | None = None


class NextAction(msgspec.Struct, frozen=True):
    """What the buyer is to do next; anything else than these happens at the checkout."""

    redirect_to_url: Redirect | None = None
    """The page where the buyer's bank asks whether it is them."""

    boleto_display_details: Instructions | None = None
    display_bank_transfer_instructions: Instructions | None = None
    konbini_display_details: Instructions | None = None
    multibanco_display_details: Instructions | None = None
    oxxo_display_details: Instructions | None = None
    pix_display_qr_code: Instructions | None = None
    verify_with_microdeposits: Instructions | None = None


_METHODS = {
    "boleto_display_details": "boleto",
    "display_bank_transfer_instructions": "customer_balance",
    "konbini_display_details": "konbini",
    "multibanco_display_details": "multibanco",
    "oxxo_display_details": "oxxo",
    "pix_display_qr_code": "pix",
    "verify_with_microdeposits": "us_bank_account",
}


def voucher_of(action: NextAction | None, amount: int, currency: str) -> Voucher | None:
    """What is to be paid with elsewhere; None when the buyer is to do something at the checkout, or nothing."""
    for name, method in _METHODS.items() if action else ():
        shown: Instructions | None = getattr(action, name)
        if shown is None:
            continue
        missing = amount if shown.amount_remaining is None else shown.amount_remaining
        ends_at = shown.expires_at or shown.expires_after
        return Voucher(
            method=method,
            missing_minor=from_stripe(missing, currency).amount_minor,
            numbers=tuple(VoucherNumber(*pair) for pair in _numbers(shown)),
            url=shown.hosted_voucher_url or shown.hosted_instructions_url or shown.hosted_verification_url,
            pay_by=datetime.fromtimestamp(ends_at, UTC) if ends_at else None,
        )
    return None


def _numbers(shown: Instructions) -> list[tuple[str, str]]:
    accounts = [address.iban for address in shown.financial_addresses or [] if address.iban]
    found: list[tuple[str, str | None]] = [("account_holder", account.account_holder_name) for account in accounts]
    found += [("iban", account.iban) for account in accounts] + [("bic", account.bic) for account in accounts]
    found += [("number", shown.number), ("entity", shown.entity), ("reference", shown.reference), ("code", shown.data)]
    for shop, store in shown.stores.items():
        if store:
            found.append((shop, " · ".join(filter(None, (store.payment_code, store.confirmation_number)))))
    return [(name, value) for name, value in found if value]
