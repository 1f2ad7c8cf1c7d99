"""Test cards of Stripe, and what each does."""

import hashlib
from typing import NamedTuple


class TestCard(NamedTuple):
    """`declines`: code of the decline. `dispute`: reason of the dispute that follows the payment. `expires`: its month,
    and years from now. `asks_by_page`: its bank declines until it has asked by its page. `declines_later`: the code
    by which it declines once it is kept."""

    country: str = "US"
    brand: str = "visa"
    declines: str = ""
    asks_bank: bool = False
    fraud_warning: bool = False
    dispute: str = ""
    inquiry: bool = False
    expires: tuple[int, int] = (12, 3)
    asks_by_page: bool = False
    declines_later: str = ""
    funding: str = "credit"


CARDS: dict[str, TestCard] = {
    "4242424242424242": TestCard(),
    "5555555555554444": TestCard(brand="mastercard"),
    "4000000760000002": TestCard("BR"),
    "4000002760000016": TestCard("DE"),
    "4000002500000003": TestCard("FR"),
    "4000008260000000": TestCard("GB"),
    "4000058260000005": TestCard("GB", funding="debit"),
    "4000003600000006": TestCard("ID"),
    "4000003920000003": TestCard("JP"),
    "4000000000000002": TestCard(declines="generic_decline"),
    "4000000000009995": TestCard(declines="insufficient_funds"),
    "4000000000000069": TestCard(declines="expired_card"),
    "4000002500003155": TestCard("FR", asks_bank=True),
    "4000000000003220": TestCard(asks_bank=True),
    "4000000000005423": TestCard(fraud_warning=True),
    "4000000000000259": TestCard(dispute="fraudulent"),
    "4000000000002685": TestCard(dispute="product_not_received"),
    "4000002760003184": TestCard(asks_by_page=True),
    "4000000000000341": TestCard(declines_later="generic_decline"),
    "4000000000009979": TestCard(declines_later="insufficient_funds"),
    "4000000000000036": TestCard(expires=(12, -1)),
    "4000000000001976": TestCard(dispute="fraudulent", inquiry=True),
}
METHODS: dict[str, str] = {
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_de": "4000002760000016",
    "pm_card_id": "4000003600000006",
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "pm_card_threeDSecure2Required": "4000000000003220",
    "pm_card_createDispute": "4000000000000259",
}
# Bank debits: the answer comes days later.
DELAYED_METHODS = {"sepa_debit": "sepa_debit", "pm_sepa_debit": "sepa_debit"}


def fingerprint_of(number: str) -> str:
    """Stripe's sign of a card: the same for one card, whoever has it."""
    return hashlib.sha256(number.encode()).hexdigest()[:16]
