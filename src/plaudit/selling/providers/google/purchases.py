"""What a purchase in Google Play has to be to give coins, and the payment it stands for."""

import re
from datetime import datetime, timedelta

from plaudit.clock import Clock
from plaudit.money import Money
from plaudit.policy.model import Evidence, EvidenceSource
from plaudit.problems import InvalidField
from plaudit.providers import ProviderRefused
from plaudit.selling.providers.errors import PurchaseNotValid
from plaudit.selling.providers.google import voids
from plaudit.selling.providers.google.api import PlayOrder, Purchase
from plaudit.selling.providers.google.limits import (
    GOOGLE_CLOCK_AHEAD_S_MAX,
    GOOGLE_PURCHASE_AGE_DAYS_MAX,
    GOOGLE_QUANTITY_MAX,
)
from plaudit.selling.providers.news import NO_MONEY, PaymentState, StorePayment
from plaudit.selling.providers.products import coins_of_product


class CoinPurchases:
    """Tells purchases of coins from others."""

    def __init__(self, environment: str, product_prefix: str, clock: Clock) -> None:
        """`environment`: Production, or Test, which takes purchases of testers only."""
        self._environment = environment
        self._product_prefix = product_prefix
        self._clock = clock

    def check(self, purchase: Purchase) -> None:
        """Raises PurchaseNotValid unless it is a purchase of coins, in our environment and of these days."""
        if not self.is_ours(purchase):
            raise PurchaseNotValid("environment")
        if len(purchase.items) != 1:
            raise PurchaseNotValid("several_products" if purchase.items else "product")
        if self.coins_of(purchase) is None:
            raise PurchaseNotValid("product")
        if not 1 <= purchase.items[0].offer.quantity <= GOOGLE_QUANTITY_MAX:
            raise PurchaseNotValid("quantity")
        if purchase.state.purchase_state != "PURCHASED":
            return
        now = self._clock.now()
        at = purchase.completed_at or now
        if at > now + timedelta(seconds=GOOGLE_CLOCK_AHEAD_S_MAX):
            raise PurchaseNotValid("time")
        if at < now - timedelta(days=GOOGLE_PURCHASE_AGE_DAYS_MAX):
            raise PurchaseNotValid("too_old")

    def is_ours(self, purchase: Purchase) -> bool:
        """Whether it was made in our environment: for money, or by a tester."""
        return (purchase.test is not None) == (self._environment == "Test")

    def coins_of(self, purchase: Purchase) -> int | None:
        """Coins of all units; None when it is not exactly one product that stands for coins."""
        if len(purchase.items) != 1:
            return None
        coins = coins_of_product(purchase.items[0].product_id, self._product_prefix)
        return coins and coins * purchase.items[0].offer.quantity

    def payment(self, token: str, purchase: Purchase, order: PlayOrder | None) -> StorePayment:
        """The payment a purchase stands for, with what its order says was paid. One without an order cost nothing: it
        was made with a promotional code, or as a reward."""
        state, paid = _state(purchase), _paid(token, order)
        item = purchase.items[0]
        return StorePayment(
            id=token,
            reference=purchase.profile_id or purchase.account_id,
            state=state,
            amount=paid or NO_MONEY,
            is_priced=paid is not None or state is not PaymentState.PAID or not purchase.order_id,
            fee_minor=order.fee_minor() if order and paid else None,
            paid_at=purchase.completed_at,
            coins=self.coins_of(purchase),
            evidence=tuple(_evidence(purchase, order, purchase.completed_at or self._clock.now())),
            environment=self._environment,
            product_id=item.product_id,
            quantity=item.offer.quantity,
        )


def _paid(token: str, order: PlayOrder | None) -> Money | None:
    """What an order says was paid; None when it does not say, or no exact amount of a currency."""
    if order is None or order.total is None or (order.purchase_token or token) != token:
        return None
    try:
        return order.total.money()
    except (ProviderRefused, InvalidField):
        return None


def _state(purchase: Purchase) -> PaymentState:
    """What was given back wholly before anybody heard of it was never paid, to us."""
    match purchase.state.purchase_state:
        case "PURCHASED":
            is_void = voids.units_voided(purchase) == purchase.items[0].offer.quantity
            return PaymentState.DECLINED if is_void else PaymentState.PAID
        case "CANCELLED":
            return PaymentState.DECLINED
        case _:
            return PaymentState.PROCESSING  # cash at a counter, a parent who must agree: nothing is ours to do


def _evidence(purchase: Purchase, order: PlayOrder | None, at: datetime) -> list[Evidence]:
    """The countries of the store account that paid, and of its billing address."""
    found = [
        (EvidenceSource.STORE_FRONT, purchase.region_code, "Google Play's region of the purchase"),
        (
            EvidenceSource.PAYER_ADDRESS,
            order.buyer_address.buyer_country if order else "",
            "Google Play's buyer address",
        ),
    ]
    return [
        Evidence(source=source, country=country, observed_at=at, detail=detail)
        for source, country, detail in found
        if re.fullmatch("[A-Z]{2}", country)
    ]
