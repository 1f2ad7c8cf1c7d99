"""What PayPal is asked to show a buyer: the body of a new order."""

import re

from plaudit.selling.providers.base import CheckoutRequest
from plaudit.selling.providers.paypal.money import Amount

_TEXT_LENGTH_MAX = 127  # of a description and of a brand's name, as PayPal has it
_LOCALE = re.compile(r"[a-z]{2}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")
_HOME = {"en": "US", "de": "DE", "es": "ES", "pt": "BR", "ja": "JP", "id": "ID", "fr": "FR", "it": "IT"}


def checkout_body(request: CheckoutRequest, seller: str) -> dict[str, object]:
    """An order that is approved on PayPal's page and captured by us afterwards; nothing is shipped.

    Raises:
        CurrencyNotTaken: PayPal takes no such amount.
    """
    experience = {
        "brand_name": seller[:_TEXT_LENGTH_MAX],
        "shipping_preference": "NO_SHIPPING",
        "user_action": "PAY_NOW",
        "return_url": request.return_url,
        "cancel_url": request.return_url,
    }
    if locale := paypal_locale(request.locale):
        experience["locale"] = locale
    unit = {
        "amount": Amount.of(request.price),
        "description": request.description[:_TEXT_LENGTH_MAX],
        "custom_id": request.reference,
        "invoice_id": request.reference,
    }
    return {
        "intent": "CAPTURE",
        "purchase_units": [unit],
        "payment_source": {"paypal": {"experience_context": experience}},
    }


def paypal_locale(wanted: str) -> str | None:
    """A locale in PayPal's writing; None when it has none like it, and goes by the buyer's browser."""
    language, _, rest = wanted.replace("_", "-").partition("-")
    if not rest and language in _HOME:
        return f"{language}-{_HOME[language]}"
    locale = f"{language}-{rest}" if rest else language
    return locale if _LOCALE.fullmatch(locale) else None
