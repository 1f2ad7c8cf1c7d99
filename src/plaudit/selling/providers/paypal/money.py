"""PayPal's money: the currencies it takes, and amounts as the decimal strings it speaks."""

import re
from decimal import Decimal
from fractions import Fraction

import msgspec

from plaudit.money import Money, exponent, round_half_up
from plaudit.problems import InvalidField
from plaudit.selling.providers.errors import CurrencyNotTaken

NAME = "paypal"

# What PayPal takes, with the decimals it writes. For HUF and TWD these are not those of ISO 4217.
# BRL, CNY and MYR are taken for sellers in those countries only, which PayPal itself checks.
DECIMALS = {
    "AUD": 2, "BRL": 2, "CAD": 2, "CHF": 2, "CNY": 2, "CZK": 2, "DKK": 2, "EUR": 2, "GBP": 2, "HKD": 2, "HUF": 0,
    "ILS": 2, "JPY": 0, "MXN": 2, "MYR": 2, "NOK": 2, "NZD": 2, "PHP": 2, "PLN": 2, "SEK": 2, "SGD": 2, "THB": 2,
    "TWD": 0, "USD": 2,
}  # fmt: skip
_VALUE = re.compile(r"-?\d{1,15}(\.\d{1,4})?")


def step_minor(currency: str) -> int:
    """The smallest amount PayPal can write, in minor units of ISO 4217; 1 for a currency it does not take."""
    places = exponent(currency)
    step: int = 10 ** max(places - DECIMALS.get(currency, places), 0)
    return step


class Amount(msgspec.Struct, frozen=True, omit_defaults=True):
    """An amount as PayPal writes it."""

    currency_code: str
    value: str

    @classmethod
    def of(cls, money: Money) -> "Amount":
        """An amount in PayPal's writing, exactly.

        Raises:
            CurrencyNotTaken: PayPal does not know the currency, or it has no decimals there and the amount has.
        """
        decimals = DECIMALS.get(money.currency)
        if decimals is None:
            raise CurrencyNotTaken(NAME, f"{money.currency} is not among its currencies")
        value = Decimal(money.amount_minor).scaleb(-exponent(money.currency))
        written = value.quantize(Decimal(1).scaleb(-decimals))
        if written != value:
            raise CurrencyNotTaken(NAME, f"{money.currency} has no decimals there: {value} cannot be paid")
        return cls(money.currency, f"{written:f}")

    def money(self) -> Money:
        """The same in minor units.

        Raises:
            ValueError: no amount, or finer than the currency's minor unit.
        """
        minor = self._exact_minor()
        if minor is None:
            raise ValueError(f"{self.value!r} is no amount of {self.currency_code}")
        if minor != minor.to_integral_value():
            raise ValueError(f"{self.value} {self.currency_code} is finer than the currency")
        return Money(int(minor), self.currency_code)

    def nearest_minor(self) -> int | None:
        """The nearest amount in minor units, for what is good to know and decides nothing; None: it is no amount."""
        minor = self._exact_minor()
        return None if minor is None else round_half_up(Fraction(minor))

    def _exact_minor(self) -> Decimal | None:
        if not _VALUE.fullmatch(self.value):
            return None
        try:
            return Decimal(self.value).scaleb(exponent(self.currency_code))
        except InvalidField:
            return None
