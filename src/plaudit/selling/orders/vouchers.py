"""What the parts of a voucher are called, to those who pay with it."""

from plaudit.languages.speaking import gettext as _
from plaudit.languages.speaking import later

_VOUCHER_NUMBERS = {
    "account_holder": later("Account holder"),
    "bic": "BIC",
    "code": later("Code"),
    "entity": later("Entity"),
    "familymart": "FamilyMart",
    "iban": "IBAN",
    "lawson": "Lawson",
    "ministop": "Ministop",
    "number": later("Number"),
    "reference": later("Payment reference"),
    "seicomart": "Seicomart",
}


def voucher_number(name: str) -> str:
    """What a buyer calls something to pay with: a shop's name, Reference."""
    return _(_VOUCHER_NUMBERS[name]) if name in _VOUCHER_NUMBERS else name
