"""Stripe's methods: what buyers call them, and what each tells of where its payer is, before or after it is paid."""

from typing import NamedTuple

from plaudit.languages.speaking import later
from plaudit.policy.model import UnseenPayers


class Method(NamedTuple):
    """A way to pay at Stripe.

    `home`: whoever pays by it has an account, or stands at a till, there. `country`: where a paid charge says it.
    `is_held`: the money can be reserved first and taken by hand. `currencies`: what it pays in; none: whatever Stripe
    has.
    """

    title: str
    home: str | None = None
    country: tuple[str, ...] = ()
    is_held: bool = False
    currencies: frozenset[str] = frozenset()


def _local(title: str, home: str, currencies: str, *, is_held: bool = False) -> Method:
    return Method(title, home, is_held=is_held, currencies=frozenset(currencies.split()))


def _held(title: str, country: str = "") -> Method:
    return Method(title, country=tuple(country.split(".")) if country else (), is_held=True)


METHODS: dict[str, Method] = {
    # Reserved first, so that they are judged before money is taken.
    "affirm": _held("Affirm"),
    "afterpay_clearpay": _held("Afterpay / Clearpay"),
    "alma": _held("Alma"),
    "amazon_pay": _held("Amazon Pay", "amazon_pay.funding.card.country"),
    "billie": _held("Billie"),
    "card": _held(later("Card"), "card.country"),
    "cashapp": _local("Cash App Pay", "US", "USD", is_held=True),
    "kakao_pay": _local("Kakao Pay", "KR", "KRW", is_held=True),
    "klarna": _held("Klarna", "klarna.payer_details.address.country"),
    "kr_card": _local(later("Korean card"), "KR", "KRW", is_held=True),
    "link": _held("Link", "link.country"),
    "mobilepay": _held("MobilePay", "mobilepay.card.country"),
    "naver_pay": _local("Naver Pay", "KR", "KRW", is_held=True),
    "payco": _local("PAYCO", "KR", "KRW", is_held=True),
    "paypal": _held("PayPal", "paypal.country"),
    "revolut_pay": _held("Revolut Pay", "revolut_pay.funding.card.country"),
    "samsung_pay": _local("Samsung Pay", "KR", "KRW", is_held=True),
    "satispay": _held("Satispay"),
    "scalapay": _held("Scalapay"),
    "sequra": _held("seQura"),
    "sunbit": _local("Sunbit", "US", "USD", is_held=True),
    # Taken at once, of one country.
    "acss_debit": _local(later("Bank debit"), "CA", "CAD"),
    "au_becs_debit": _local(later("Bank debit"), "AU", "AUD"),
    "bacs_debit": _local(later("Bank debit"), "GB", "GBP"),
    "bancontact": _local("Bancontact", "BE", "EUR"),
    "bizum": _local("Bizum", "ES", "EUR"),
    "blik": _local("BLIK", "PL", "PLN"),
    "boleto": _local("Boleto", "BR", "BRL"),
    "eps": _local("EPS", "AT", "EUR"),
    "fpx": _local("FPX", "MY", "MYR"),
    "giropay": _local("giropay", "DE", "EUR"),
    "ideal": _local("iDEAL", "NL", "EUR"),
    "konbini": _local("Konbini", "JP", "JPY"),
    "mb_way": _local("MB WAY", "PT", "EUR"),
    "multibanco": _local("Multibanco", "PT", "EUR"),
    "nz_bank_account": _local(later("Bank debit"), "NZ", "NZD"),
    "oxxo": _local("OXXO", "MX", "MXN"),
    "p24": _local("Przelewy24", "PL", "EUR PLN"),
    "paynow": _local("PayNow", "SG", "SGD"),
    "paypay": _local("PayPay", "JP", "JPY"),
    "payto": _local("PayTo", "AU", "AUD"),
    "pix": _local("Pix", "BR", "BRL"),
    "promptpay": _local("PromptPay", "TH", "THB"),
    "swish": _local("Swish", "SE", "SEK"),
    "twint": _local("TWINT", "CH", "CHF"),
    "upi": _local("UPI", "IN", "INR"),
    "us_bank_account": _local(later("Bank debit"), "US", "USD"),
    # Taken at once, of any country; some say it once they are paid.
    "alipay": Method("Alipay"),
    "crypto": Method(later("Stablecoins")),
    "customer_balance": Method(later("Bank transfer")),
    "grabpay": Method("GrabPay", currencies=frozenset({"MYR", "SGD"})),
    "pay_by_bank": Method(later("Pay by bank"), currencies=frozenset({"EUR", "GBP"})),
    "sepa_debit": Method(later("Bank debit"), country=("sepa_debit", "country"), currencies=frozenset({"EUR"})),
    "sofort": Method("Sofort", country=("sofort", "country"), currencies=frozenset({"EUR"})),
    "wechat_pay": Method("WeChat Pay"),
    "zip": Method("Zip"),
}

LINK = "link"  # comes with cards: it is neither allowed nor forbidden by itself

HELD: dict[str, dict[str, str]] = {
    code: {"capture_method": "manual"} for code, method in METHODS.items() if method.is_held
}
"""What a payment is made with, so that all that can be reserved first is."""


def offered(payers: UnseenPayers, chosen: str | None) -> list[str] | None:
    """The methods Stripe may offer: the one that was chosen, or those that are reserved first and those taken at once
    from people who may pay this price; None: whatever the account has."""
    fitting = [code for code, method in METHODS.items() if method.is_held or payers.include(method.home)]
    if chosen is not None:
        return [chosen] if chosen in fitting else []
    return None if len(fitting) == len(METHODS) else [code for code in fitting if code != LINK]
