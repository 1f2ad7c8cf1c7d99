"""What Apple's transactions and notifications mean here: each field of a coin purchase is looked at."""

import re
from datetime import datetime, timedelta
from fractions import Fraction
from uuid import UUID

from appstoreserverlibrary.models.ConsumptionRequest import ConsumptionRequest as AppleConsumption
from appstoreserverlibrary.models.DeliveryStatus import DeliveryStatus
from appstoreserverlibrary.models.JWSTransactionDecodedPayload import JWSTransactionDecodedPayload
from appstoreserverlibrary.models.RefundPreference import RefundPreference
from babel.core import get_global

from plaudit.limits import STORE_PURCHASE_AGE_DAYS_MAX, STORE_QUANTITY_MAX
from plaudit.money import Money, exponent, round_half_up
from plaudit.policy.model import Evidence, EvidenceSource
from plaudit.problems import InvalidField
from plaudit.selling.providers.apple.limits import APPLE_CLOCK_LEEWAY_S
from plaudit.selling.providers.apple.signatures import moment
from plaudit.selling.providers.errors import PurchaseNotValid
from plaudit.selling.providers.news import (
    NO_MONEY,
    PaymentState,
    ReversalKind,
    ReversalNews,
    ReversalState,
    StorePayment,
)
from plaudit.selling.providers.products import coins_of_product

MILLION = 1_000_000
CONSUMPTION_ANSWER_H = 12  # what Apple gives

NOT_OF_CONCERN = {"not_consumable", "other_product", "not_purchased"}
"""Reasons why a transaction is none of ours although Apple signed it for our app: it sells other things as well."""

_TRANSACTION_ID = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)
_ALPHA_3_OF_APPLE = {"XKS": "XK"}  # a code of Apple's own


def country_of(storefront: str | None) -> str | None:
    """The ISO 3166 alpha-2 code of a storefront's alpha-3 code; None when CLDR knows no single one."""
    if not storefront:
        return None
    aliases: list[str] = get_global("territory_aliases").get(storefront, [])
    return _ALPHA_3_OF_APPLE.get(storefront) or (aliases[0] if len(aliases) == 1 else None)


def transaction_id(transaction: JWSTransactionDecodedPayload) -> str:
    """The id of a transaction, safe to write into an address.

    Raises:
        PurchaseNotValid: it has none.
    """
    if not transaction.transactionId or not _TRANSACTION_ID.fullmatch(transaction.transactionId):
        raise PurchaseNotValid("unreadable")
    return transaction.transactionId


def payment_of(transaction: JWSTransactionDecodedPayload, prefix: str, now: datetime) -> StorePayment:
    """The payment a verified transaction stands for. Signature, app and environment have been checked before.

    Raises:
        PurchaseNotValid: it is no purchase of coins; in NOT_OF_CONCERN when it is of something else. What Apple leaves
            out is not held against it.
    """
    if transaction.rawType not in {None, "Consumable"}:
        raise PurchaseNotValid("not_consumable")
    coins = coins_of_product(transaction.productId or "", prefix)
    if coins is None:
        raise PurchaseNotValid("other_product")
    if transaction.rawInAppOwnershipType not in {None, "PURCHASED"}:
        raise PurchaseNotValid("not_purchased")
    quantity = 1 if transaction.quantity is None else transaction.quantity
    if not 1 <= quantity <= STORE_QUANTITY_MAX:
        raise PurchaseNotValid("quantity")
    paid_at, paid = _paid_at(transaction, now), _paid(transaction, quantity)
    return StorePayment(
        id=transaction_id(transaction),
        reference=_account_token(transaction.appAccountToken),
        state=PaymentState.DECLINED if reversed_ppm(transaction) == MILLION else PaymentState.PAID,
        amount=paid or NO_MONEY,
        is_priced=paid is not None,
        paid_at=paid_at,
        coins=coins * quantity,
        evidence=_evidence(transaction, paid_at),
        environment=transaction.rawEnvironment or "",
        product_id=transaction.productId or "",
        quantity=quantity,
    )


def _account_token(token: str | None) -> str:
    """Apple hands over any UUID the app chose, in any case of letters; what is none is as good as missing."""
    try:
        return str(UUID(token)) if token else ""
    except ValueError:
        return ""


def _paid_at(transaction: JWSTransactionDecodedPayload, now: datetime) -> datetime:
    paid_at = moment(transaction.purchaseDate or transaction.signedDate)
    if paid_at is None:
        raise PurchaseNotValid("unreadable")
    if paid_at > now + timedelta(seconds=APPLE_CLOCK_LEEWAY_S):
        raise PurchaseNotValid("bought_in_the_future")
    return paid_at


def require_recent(payment: StorePayment, now: datetime) -> None:
    """Raises PurchaseNotValid for a purchase too old to give coins by itself."""
    if payment.paid_at is None or payment.paid_at < now - timedelta(days=STORE_PURCHASE_AGE_DAYS_MAX):
        raise PurchaseNotValid("too_old")


def _paid(transaction: JWSTransactionDecodedPayload, quantity: int) -> Money | None:
    """What was paid; None when Apple does not say. Its price is of one unit, in thousandths of the major unit."""
    if transaction.price is None or transaction.price < 0 or not transaction.currency:
        return None
    try:
        places = exponent(transaction.currency)
    except InvalidField:
        return None
    return Money(round_half_up(Fraction(transaction.price * quantity * 10**places, 1000)), transaction.currency)


def _evidence(transaction: JWSTransactionDecodedPayload, observed_at: datetime) -> tuple[Evidence, ...]:
    if not transaction.storefront:
        return ()
    country = country_of(transaction.storefront)
    detail = f"App Store {transaction.storefront}"
    return (Evidence(source=EvidenceSource.STORE_FRONT, country=country, observed_at=observed_at, detail=detail),)


def reversed_ppm(transaction: JWSTransactionDecodedPayload) -> int:
    """The share of a transaction that Apple has given back, in millionths. Percentages come in thousandths."""
    if transaction.revocationDate is None:
        return 0
    if transaction.rawRevocationType == "REFUND_PRORATED" and transaction.revocationPercentage is not None:
        return min(max(transaction.revocationPercentage * 10, 0), MILLION)
    return MILLION


def reversal_of(transaction: JWSTransactionDecodedPayload, at: datetime, state: ReversalState) -> ReversalNews:
    """What a notification says of the money of a transaction.

    A transaction has one reversal, whose id is the transaction's: a later refund says what share of the whole has been
    given back by then, and a refund that was reversed leaves none. So the news with the latest `at`, when Apple signed
    it, is how it stands, and what comes late is no news.
    """
    return ReversalNews(
        id=transaction_id(transaction),
        kind=ReversalKind.VOID,
        payment_id=transaction_id(transaction),
        state=state,
        share_ppm=reversed_ppm(transaction) if state is ReversalState.DONE else MILLION,
        reason={0: "other", 1: "issue_in_app"}.get(transaction.rawRevocationReason or 0, "other"),
        at=at,
    )


def consumption_of(consumed_ppm: int) -> AppleConsumption:
    """The answer to a consumption request of somebody who agreed: coins were delivered, and this much was used. What
    is asked of Apple follows from it: to give back what is left."""
    percentage = consumed_ppm // 10
    if consumed_ppm >= MILLION:
        preference = RefundPreference.DECLINE
    else:
        preference = RefundPreference.GRANT_PRORATED if percentage else RefundPreference.GRANT_FULL
    return AppleConsumption(
        customerConsented=True,
        sampleContentProvided=False,
        deliveryStatus=DeliveryStatus.DELIVERED,
        consumptionPercentage=percentage,
        refundPreference=preference,
    )
