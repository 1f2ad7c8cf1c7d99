"""Amounts of money as Stripe writes them: its units differ from ISO 4217's for some currencies."""

import math
from fractions import Fraction

from plaudit.limits import MONEY_MINOR_MAX
from plaudit.money import Money, exponent, round_half_up
from plaudit.problems import InvalidField
from plaudit.providers import ProviderRefused
from plaudit.selling.providers.base import AmountRange

_WITHOUT_DECIMALS = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"}
)
_THREE_DECIMALS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
# Stripe takes these in steps: the last digit of three decimals must be 0, and a króna has no parts though it is written
# with two decimals.
_STEPS = dict.fromkeys(_THREE_DECIMALS, 10) | {"ISK": 100}
# Stripe lists the Ugandan shilling both among the currencies without decimals and among those written with two. A
# hundredfold mistake would show in no answer, so it is not taken at all.
_CONTRADICTED = frozenset({"UGX"})

# The least charge in Stripe's units, where its documentation names one.
_LEAST = {
    "AED": 200, "AUD": 50, "BGN": 100, "BRL": 50, "CAD": 50, "CHF": 50, "CZK": 1500, "DKK": 250, "EUR": 50, "GBP": 30,
    "HKD": 400, "HUF": 17500, "INR": 50, "JPY": 50, "MXN": 1000, "MYR": 200, "NOK": 300, "NZD": 50, "PLN": 200,
    "RON": 200, "SEK": 300, "SGD": 50, "THB": 1000, "USD": 50,
}  # fmt: skip

# Where it names none, an amount must be worth half a dollar when it is charged; rates move until then.
_LEAST_US_CENTS = 60
# Eight digits, and twelve of rupiah.
_MOST, _MOST_OTHERWISE = 99_999_999, {"IDR": 999_999_999_999}


def stripe_exponent(currency: str) -> int:
    """Decimal places of Stripe's unit; for payments, not for Stripe's own payouts."""
    if currency in _WITHOUT_DECIMALS:
        return 0
    return 3 if currency in _THREE_DECIMALS else 2


def to_stripe(price: Money) -> int:
    """An amount in Stripe's units; the currency is written in small letters beside it.

    Raises:
        ProviderRefused: Stripe has no such amount of this currency.
    """
    if price.currency in _CONTRADICTED:
        raise ProviderRefused("stripe", f"Stripe's units of {price.currency} are not certain")
    amount = Fraction(price.amount_minor) / _iso_per_stripe(price.currency)
    step = _STEPS.get(price.currency, 1)
    if amount <= 0 or amount.denominator != 1 or amount.numerator % step:
        raise ProviderRefused(
            "stripe", f"{price.amount_minor} minor units of {price.currency} cannot be written in Stripe's units"
        )
    return amount.numerator


def step_minor(currency: str) -> int:
    """The smallest amount that can be written for Stripe, in minor units of ISO 4217."""
    return max(1, int(_STEPS.get(currency, 1) * _iso_per_stripe(currency)))


def is_taken(price: Money) -> bool:
    """Whether Stripe takes an amount: it can be written, and is neither below its least charge nor above its largest.

    Where Stripe names no least charge of a currency, it decides by its rate to that of the account, when it is asked.
    """
    try:
        amount = to_stripe(price)
    except ProviderRefused:
        return False
    return _LEAST.get(price.currency, 1) <= amount <= _most(price.currency)


def range_of(currency: str) -> AmountRange | None:
    """The least and the most that Stripe takes of a currency."""
    if currency in _CONTRADICTED:
        return None
    unit = _iso_per_stripe(currency)
    least = max(_LEAST.get(currency, 1), _STEPS.get(currency, 1))
    return AmountRange(
        least_minor=math.ceil(least * unit),
        most_minor=min(math.floor(_most(currency) * unit), MONEY_MINOR_MAX),
        least_us_cents=0 if currency in _LEAST else _LEAST_US_CENTS,
    )


def _most(currency: str) -> int:
    """The largest charge in Stripe's units."""
    most = _MOST_OTHERWISE.get(currency, _MOST)
    return most - most % _STEPS.get(currency, 1)


def from_stripe(amount: int, currency: str) -> Money:
    """An amount Stripe names.

    Raises:
        ProviderRefused: it has parts that ISO 4217 has no unit for.
    """
    currency = currency.upper()
    minor = amount * _iso_per_stripe(currency)
    if minor.denominator != 1 or currency in _CONTRADICTED:
        raise ProviderRefused("stripe", f"{amount} of Stripe's units of {currency} are no whole minor units")
    return Money(minor.numerator, currency)


def nearest_minor(amount: Fraction, currency: str) -> int:
    """The nearest amount in minor units: for fees, which Stripe computes from rates."""
    return round_half_up(amount * _iso_per_stripe(currency.upper()))


def _iso_per_stripe(currency: str) -> Fraction:
    """Minor units of ISO 4217 in one unit of Stripe's."""
    try:
        places = exponent(currency)
    except InvalidField as error:
        raise ProviderRefused("stripe", f"{currency} is not an ISO 4217 currency") from error
    return Fraction(10) ** (places - stripe_exponent(currency))
