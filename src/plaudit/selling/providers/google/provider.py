"""Google Play: purchases proved by their token, consumed once the coins are given, taken back by the store."""

import logging
import re
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta

import msgspec

from plaudit.clock import Clock, SystemClock
from plaudit.money import Money
from plaudit.providers import ProviderRefused, ProviderUnavailable, SignatureNotValid
from plaudit.selling.providers.base import AmountRange, Capabilities, CheckoutRequest, RefundRequest
from plaudit.selling.providers.errors import PurchaseNotValid
from plaudit.selling.providers.google import links, voids
from plaudit.selling.providers.google.api import GooglePlay, NotKnown, Purchase, VoidedPurchase
from plaudit.selling.providers.google.auth import NAME, Account, read_account
from plaudit.selling.providers.google.limits import (
    GOOGLE_LINK_REPORT_HOURS,
    GOOGLE_REVIEW_HOURS,
    GOOGLE_TOKEN_LENGTH_MAX,
    GOOGLE_VOIDED_DAYS_MAX,
    GOOGLE_VOIDED_LAG_S,
)
from plaudit.selling.providers.google.purchases import CoinPurchases
from plaudit.selling.providers.google.push import Notification, PushDoor, read_push
from plaudit.selling.providers.google.settings import GoogleSettings
from plaudit.selling.providers.linking import LinkReport, LinkToken
from plaudit.selling.providers.news import (
    ConsumptionRequest,
    News,
    Payment,
    PaymentNews,
    PaymentState,
    ReversalKind,
    ReversalNews,
    ReversalState,
    StorePayment,
    WebhookMessage,
)
from plaudit.settings import Settings, SettingsError

log = logging.getLogger(__name__)

_TOKEN = re.compile(rf"[A-Za-z0-9._~=-]{{1,{GOOGLE_TOKEN_LENGTH_MAX}}}")
_ORDER_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # what an order has until there is a token
_ENVIRONMENTS = ("Production", "Test")
_PREFERENCES = ("NEUTRAL", "DECLINE", "APPROVE")
_PPM_PER_MILLIUNIT = 10  # of a percent


class GoogleProvider:
    """Speaks to Google Play for one app. A payment's id is its purchase token."""

    name = NAME
    capabilities = Capabilities(
        channel=NAME,
        voids_listed_days=GOOGLE_VOIDED_DAYS_MAX,
        gives_back_parts=False,
        takes_links=True,
        hears_of_undone_refunds=False,
        link_report_hours=GOOGLE_LINK_REPORT_HOURS,
    )

    def __init__(
        self, own: GoogleSettings, product_prefix: str, play: GooglePlay, push: PushDoor | None, clock: Clock
    ) -> None:
        link_regions = frozenset(own.link_regions.split())
        self.capabilities = msgspec.structs.replace(self.capabilities, link_regions=link_regions)
        self._play = play
        self._push = push
        self._clock = clock
        self._package = own.package
        self._purchases = CoinPurchases(own.environment, product_prefix, clock)
        self._refund_preference = own.refund_preference
        self._sample_content = own.sample_content

    async def verify_purchase(self, proof: str) -> StorePayment:
        if not _TOKEN.fullmatch(proof):
            raise PurchaseNotValid("malformed")
        try:
            purchase = await self._play.purchase(proof)
        except NotKnown as error:
            raise PurchaseNotValid("unknown") from error
        self._purchases.check(purchase)
        return await self._payment(proof, purchase)

    def takes(self, price: Money) -> bool:
        return True  # the store asks for its own product's price

    def step_minor(self, currency: str) -> int:
        return 1

    def range_of(self, currency: str) -> AmountRange | None:
        return AmountRange()

    async def create_checkout(self, request: CheckoutRequest) -> Payment:
        """Nothing to prepare: the app buys, with the order's id as its obfuscated profile id."""
        order_id = str(request.order_id)
        return Payment(id=order_id, reference=request.reference, state=PaymentState.OPEN, amount=request.price)

    async def fetch(self, payment_id: str) -> StorePayment:
        return await self._payment(payment_id, await self._coin_purchase(payment_id))

    async def capture(self, payment_id: str) -> StorePayment:
        return await self.fetch(payment_id)  # Google takes the money at once

    async def cancel(self, payment_id: str) -> StorePayment:
        payment = await self.fetch(payment_id)
        if payment.state is not PaymentState.DECLINED:
            raise ProviderRefused(NAME, "only its buyer can call off a purchase in Google Play")
        return payment

    async def refund(self, request: RefundRequest) -> ReversalNews:
        """All that is left of a purchase: Google gives back no part of an order by request."""
        purchase = await self._coin_purchase(request.payment_id)
        order = await self._play.order(purchase.order_id)
        quantity = purchase.items[0].offer.quantity
        if voids.units_voided(purchase, order) < quantity:
            left = voids.amount_left(order)
            if left and left.currency == request.amount.currency and request.amount < left:
                raise ProviderRefused(NAME, f"Google gives back whole orders only, {left.amount_minor} of this one")
            await self._play.refund(purchase.order_id)
            order = await self._play.order(purchase.order_id)
            purchase = await self._play.purchase(request.payment_id)
        is_done = voids.units_voided(purchase, order) == quantity
        return ReversalNews(
            id=voids.refund_id(purchase.order_id),
            kind=ReversalKind.REFUND,
            payment_id=request.payment_id,
            state=ReversalState.DONE if is_done else ReversalState.OPENED,
            reversal_id=request.reversal_id,
            amount=request.amount,
            reason=request.reason,
            at=self._clock.now(),
        )

    def read_link(self, token: str) -> LinkToken:
        return links.read_token(token)

    async def report_link(self, report: LinkReport) -> None:
        await links.report(self._play, report)

    async def finish(self, payment_id: str) -> None:
        """Consume a purchase, which also acknowledges it. One that was given back or is consumed is left alone."""
        purchase = await self._play.purchase(payment_id)
        if purchase.state.purchase_state != "PURCHASED":
            return
        for item in purchase.items:
            if not item.is_consumed and item.offer.voided < item.offer.quantity:
                await self._play.consume(item.product_id, payment_id)

    async def answer_consumption(self, request_id: str, payment_id: str, consumed_ppm: int) -> None:
        purchase = await self._play.purchase(payment_id)
        await self._play.review_refund(
            purchase.order_id,
            {
                "pendingRefundToken": request_id,
                "refundPreference": self._refund_preference,
                "sampleContentProvided": self._sample_content,
                "consumptionPercentageMilliunits": consumed_ppm // _PPM_PER_MILLIUNIT,
            },
        )

    async def verify_webhook(self, headers: Mapping[str, str], body: bytes) -> WebhookMessage:
        if self._push is None:
            raise SignatureNotValid
        await self._push.check(headers, body)
        message_id, notification = read_push(body)
        return WebhookMessage(id=message_id, kind=notification.kind)

    async def read_webhook(self, body: bytes) -> list[News]:
        _, notification = read_push(body)
        if notification.package_name != self._package:
            return []
        try:
            return await self._news(notification)
        except NotKnown as error:
            log.warning("a push about what Google Play does not know: %s", error)
            return []

    async def list_news(self, since: datetime, until: datetime) -> AsyncIterator[PaymentNews | ReversalNews]:
        """What was given back. Google lists no payments, and nothing older than a month."""
        now = self._clock.now()
        oldest = now - timedelta(days=GOOGLE_VOIDED_DAYS_MAX) + timedelta(minutes=1)
        since, until = max(since, oldest), min(until, now)
        if since >= until:
            return
        listed: dict[str, list[VoidedPurchase]] = {}
        async for voided in self._play.voided(since, until):
            listed.setdefault(voided.purchase_token, []).append(voided)
        for token, entries in listed.items():
            try:
                purchase = await self._play.purchase(token)
                if self._purchases.coins_of(purchase) is None or not self._purchases.is_ours(purchase):
                    continue
                order = await self._play.order(purchase.order_id)
            except NotKnown:
                log.warning("order %s was voided and is known no more", entries[0].order_id)
                continue
            for news in voids.reversals(token, purchase, order, entries, now):
                yield news

    async def close(self) -> None:
        await self._play.close()
        if self._push:
            await self._push.close()

    async def _news(self, notification: Notification) -> list[News]:
        if notification.refund_review:
            review = notification.refund_review
            order = await self._play.order(review.order_id)
            return [
                ConsumptionRequest(
                    id=review.pending_refund_token,
                    payment_id=order.purchase_token,
                    reason=str(review.refund_reason),
                    answer_until=notification.at + timedelta(hours=GOOGLE_REVIEW_HOURS),
                )
            ]
        about = notification.one_time_product or notification.voided
        if about is None:
            return []
        token = about.purchase_token
        purchase = await self._play.purchase(token)
        if self._purchases.coins_of(purchase) is None or not self._purchases.is_ours(purchase):
            return []
        if notification.one_time_product:
            return [PaymentNews(payment=await self._payment(token, purchase))]
        return await self._voids(token, purchase, notification.at)

    async def _voids(self, token: str, purchase: Purchase, at: datetime) -> list[News]:
        """What was given back of a purchase, of which a push of this time told.

        Raises:
            ProviderUnavailable: the list, which says by whom and why, does not have it yet.
        """
        order = await self._play.order(purchase.order_id)
        now = self._clock.now()
        since, until = at - timedelta(seconds=GOOGLE_VOIDED_LAG_S), at + timedelta(days=1)
        oldest = now - timedelta(days=GOOGLE_VOIDED_DAYS_MAX) + timedelta(minutes=1)
        listed = []
        if until > oldest:
            found = self._play.voided(max(since, oldest), min(until, now))
            listed = [one async for one in found if one.purchase_token == token]
        if not listed and now < at + timedelta(seconds=GOOGLE_VOIDED_LAG_S):
            raise ProviderUnavailable(NAME)
        return list(voids.reversals(token, purchase, order, listed, at))

    async def _coin_purchase(self, token: str) -> Purchase:
        if _ORDER_ID.fullmatch(token):
            raise NotKnown(NAME, "nobody has brought the token of this order's purchase yet")
        purchase = await self._play.purchase(token)
        if self._purchases.coins_of(purchase) is None:
            raise ProviderRefused(NAME, "the purchase is not of coins")
        return purchase

    async def _payment(self, token: str, purchase: Purchase) -> StorePayment:
        order = await self._play.order(purchase.order_id) if purchase.order_id else None
        return self._purchases.payment(token, purchase, order)


def from_settings(settings: Settings, clock: Clock | None = None) -> GoogleProvider:
    """The provider of the settings.

    Raises:
        SettingsError: it is described in part only, or by a value that is none.
    """
    own = settings.of(GoogleSettings)
    if not own.service_account_file:
        raise SettingsError("PLAUDIT_GOOGLE_PACKAGE needs PLAUDIT_GOOGLE_SERVICE_ACCOUNT_FILE")
    if own.environment not in _ENVIRONMENTS:
        raise SettingsError(f"PLAUDIT_GOOGLE_ENVIRONMENT must be one of {', '.join(_ENVIRONMENTS)}")
    if own.refund_preference not in _PREFERENCES:
        raise SettingsError(f"PLAUDIT_GOOGLE_REFUND_PREFERENCE must be one of {', '.join(_PREFERENCES)}")
    clock = clock or SystemClock()  # signatures are checked against the machine's clock
    account = Account(read_account(own.service_account_file))
    play = GooglePlay(package=own.package, account=account, api_url=own.url)
    push = None
    if own.push_email:
        push = PushDoor(
            audience=own.push_audience or f"{settings.public_url}/v1/webhooks/{NAME}",
            email=own.push_email,
            certs_url=own.certificates_url,
            clock=clock,
        )
    return GoogleProvider(own, settings.store_product_prefix, play, push, clock)
