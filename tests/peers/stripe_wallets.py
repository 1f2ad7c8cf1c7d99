"""Wallets and other ways to pay of the pretend Stripe that are reserved first, as a card is."""

from tests.peers.stripe_store import Stored

HELD = (
    "affirm", "afterpay_clearpay", "alma", "amazon_pay", "billie", "card", "cashapp", "kakao_pay", "klarna", "kr_card",
    "link", "mobilepay", "naver_pay", "payco", "paypal", "revolut_pay", "samsung_pay", "satispay", "scalapay", "sequra",
    "sunbit",
)  # fmt: skip
WALLETS = frozenset(HELD) - {"card"}


def details_of(method: str, country: str | None) -> Stored:
    """What a charge says of a wallet whose owner is in a country."""
    card = {"card": {"brand": "visa", "country": country, "funding": "credit"}}
    told: dict[str, Stored] = {
        "amazon_pay": {"funding": {"type": "card"} | card},
        "klarna": {"payer_details": {"address": {"country": country}}, "payment_method_category": "pay_now"},
        "link": {"country": country},
        "mobilepay": card,
        "paypal": {"country": country, "payer_email": None},
        "revolut_pay": {"funding": {"type": "card"} | card},
    }
    return {"type": method, method: told.get(method, {})}
