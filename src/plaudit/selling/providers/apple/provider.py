"""The App Store: signed transactions of StoreKit 2, Server Notifications V2 and the Server API."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta

import msgspec
from appstoreserverlibrary.models.JWSTransactionDecodedPayload import JWSTransactionDecodedPayload
from appstoreserverlibrary.models.ResponseBodyV2DecodedPayload import ResponseBodyV2DecodedPayload

from plaudit import foreign
from plaudit.clock import Clock, SystemClock
from plaudit.limits import STORE_PROOF_LENGTH_MAX, WEBHOOK_BYTES_MAX
from plaudit.money import Money
from plaudit.providers import ProviderRefused, SignatureNotValid
from plaudit.selling.providers.apple import links, purchases
from plaudit.selling.providers.apple.limits import (
    APPLE_LINK_REPORT_HOURS,
    APPLE_NOTIFICATION_AGE_S_MAX,
    APPLE_SIGNATURE_FRESH_S,
)
from plaudit.selling.providers.apple.server import AppleServer
from plaudit.selling.providers.apple.settings import AppleSettings
from plaudit.selling.providers.apple.signatures import ACCOUNT, NAME, AppleSignatures, moment, of_settings
from plaudit.selling.providers.base import AmountRange, Capabilities, CheckoutRequest, RefundRequest
from plaudit.selling.providers.errors import PurchaseNotValid
from plaudit.selling.providers.linking import LinkReport, LinkToken
from plaudit.selling.providers.news import (
    AccountNotice,
    ConsentWithdrawn,
    ConsumptionRequest,
    LinkNews,
    News,
    Payment,
    PaymentNews,
    RefundDeclined,
    ReversalNews,
    ReversalState,
    StorePayment,
    WebhookMessage,
)
from plaudit.settings import Settings, SettingsError

log = logging.getLogger(__name__)


_RESCINDED = "a parent or guardian has withdrawn consent for a child's use of the app, and Apple does not say whose"


class _Body(msgspec.Struct, frozen=True):
    """A notification on its way."""

    signed_payload: str = msgspec.field(name="signedPayload")


class AppleProvider:
    """Speaks to the App Store, for one app in one environment."""

    name = NAME
    capabilities = Capabilities(
        channel=NAME,
        consumption_needs_consent=True,
        takes_links=True,
        link_report_hours=APPLE_LINK_REPORT_HOURS,
        asks_of_unused_links=True,
    )

    def __init__(
        self,
        signatures: AppleSignatures,
        server: AppleServer,
        product_prefix: str,
        clock: Clock,
        link_regions: frozenset[str] = frozenset(),
    ) -> None:
        self.capabilities = msgspec.structs.replace(self.capabilities, link_regions=link_regions)
        self._signatures = signatures
        self._server = server
        self._prefix = product_prefix
        self._clock = clock

    def takes(self, price: Money) -> bool:
        return True  # the store asks for its own product's price

    def step_minor(self, currency: str) -> int:
        return 1

    def range_of(self, currency: str) -> AmountRange | None:
        return AmountRange()

    async def create_checkout(self, request: CheckoutRequest) -> Payment:
        raise ProviderRefused(self.name, "the app buys in the App Store and brings the signed transaction")

    async def verify_purchase(self, proof: str) -> StorePayment:
        """The payment a signed transaction stands for. One that was signed a while ago, or with a certificate that has
        expired, is read again from Apple, so that nothing that has been taken back meanwhile gives coins."""
        if len(proof) > STORE_PROOF_LENGTH_MAX:
            raise PurchaseNotValid("signature_not_valid")
        transaction = await self._transaction(proof)
        if not self._signatures.is_present(proof, transaction.signedDate, APPLE_SIGNATURE_FRESH_S):
            transaction = await self._transaction_now(purchases.transaction_id(transaction))
        if transaction.revocationDate is not None:
            raise PurchaseNotValid("revoked")
        now = self._clock.now()
        payment = purchases.payment_of(transaction, self._prefix, now)
        purchases.require_recent(payment, now)
        return payment

    async def fetch(self, payment_id: str) -> Payment:
        try:
            transaction = await self._transaction_now(payment_id)
            return purchases.payment_of(transaction, self._prefix, self._clock.now())
        except PurchaseNotValid as error:
            raise ProviderRefused(self.name, str(error.fields["reason"])) from error

    async def _transaction(self, signed: str) -> JWSTransactionDecodedPayload:
        return await asyncio.to_thread(self._signatures.arriving_transaction, signed)

    async def _transaction_now(self, transaction_id: str) -> JWSTransactionDecodedPayload:
        """A transaction as Apple has it now."""
        signed = await self._server.transaction(transaction_id)
        if signed is None:
            raise PurchaseNotValid("unknown_to_store")
        transaction = await self._transaction(signed)
        if transaction.transactionId != transaction_id or not self._signatures.is_present(
            signed, transaction.signedDate, APPLE_SIGNATURE_FRESH_S
        ):
            raise PurchaseNotValid("signature_not_valid")
        return transaction

    async def capture(self, payment_id: str) -> Payment:
        """A purchase is paid when it is there."""
        return await self.fetch(payment_id)

    async def cancel(self, payment_id: str) -> Payment:
        raise ProviderRefused(self.name, "a purchase in the App Store is Apple's alone to cancel")

    async def refund(self, request: RefundRequest) -> ReversalNews:
        raise ProviderRefused(
            self.name, "money of the App Store is Apple's alone to refund, at reportaproblem.apple.com"
        )

    async def finish(self, payment_id: str) -> None:
        await self._server.finish(payment_id)

    async def answer_consumption(self, request_id: str, payment_id: str, consumed_ppm: int) -> None:
        await self._server.send_consumption(payment_id, purchases.consumption_of(consumed_ppm))

    def read_link(self, token: str) -> LinkToken:
        return links.read_token(
            token, self._signatures.bundle_id, self._signatures.app_id, self._signatures.environment
        )

    async def report_link(self, report: LinkReport) -> None:
        await self._server.report(links.report_of(report))

    async def verify_webhook(self, headers: Mapping[str, str], body: bytes) -> WebhookMessage:
        if len(body) > WEBHOOK_BYTES_MAX:
            raise SignatureNotValid
        signed = _signed_payload(body)
        try:
            notification = await asyncio.to_thread(self._signatures.arriving_notification, signed)
            present = self._signatures.is_present(signed, notification.signedDate, APPLE_NOTIFICATION_AGE_S_MAX)
        except PurchaseNotValid as error:
            raise SignatureNotValid from error
        if not present or not notification.notificationUUID or not notification.rawNotificationType:
            raise SignatureNotValid
        return WebhookMessage(id=notification.notificationUUID, kind=notification.rawNotificationType)

    async def read_webhook(self, body: bytes) -> list[News]:
        return await asyncio.to_thread(self._news, _signed_payload(body))

    async def list_news(self, since: datetime, until: datetime) -> AsyncIterator[PaymentNews | ReversalNews]:
        async for signed in self._server.notifications(since, until):
            try:
                told = await asyncio.to_thread(self._news, signed)
            except (PurchaseNotValid, SignatureNotValid) as error:  # of one only: the others are compared all the same
                log.warning("a notification in Apple's history makes no sense: %s", error)
                continue
            for news in told:
                if isinstance(news, PaymentNews | ReversalNews):
                    yield news

    def _news(self, signed: str) -> list[News]:
        """What a notification says, without asking anybody. Raises SignatureNotValid."""
        try:
            notification = self._signatures.kept_notification(signed)
            if notification.rawNotificationType == "RESCIND_CONSENT":
                return [self._rescinded(notification)]
            if notification.rawNotificationType == "EXTERNAL_PURCHASE_TOKEN":
                return self._asked_of(notification)
            if notification.data is None or not notification.data.signedTransactionInfo:
                return []
            transaction = self._signatures.kept_transaction(notification.data.signedTransactionInfo)
        except PurchaseNotValid as error:
            raise SignatureNotValid from error
        try:
            payment = purchases.payment_of(transaction, self._prefix, self._clock.now())
        except PurchaseNotValid as error:
            if error.fields["reason"] in purchases.NOT_OF_CONCERN:
                return []
            raise
        return _news_of(notification, transaction, payment)

    def _rescinded(self, notification: ResponseBodyV2DecodedPayload) -> News:
        """A guardian took back their consent, of the account that the app transaction names."""
        signed = notification.appData.signedAppTransactionInfo if notification.appData else None
        account = self._signatures.kept_app(signed).appTransactionId if signed else None
        at = moment(notification.signedDate)
        if account is None or at is None or not ACCOUNT.fullmatch(account):
            return AccountNotice(words=_RESCINDED, needs_somebody=True)
        return ConsentWithdrawn(account=account, at=at)

    def _asked_of(self, notification: ResponseBodyV2DecodedPayload) -> list[News]:
        """Whatever Apple asks of a link, it wants to be told what came of it."""
        told = notification.externalPurchaseToken
        if told is None or not told.externalPurchaseId or not self.capabilities.link_regions:
            return []
        begun_at = moment(told.tokenCreationDate) or moment(notification.signedDate)
        assert begun_at is not None  # the chain was verified for the second
        hours = self.capabilities.link_report_hours
        return [LinkNews(link_id=told.externalPurchaseId, begun_at=begun_at, report_hours=hours)]

    async def close(self) -> None:
        """The library opens a connection for each call."""


def _signed_payload(body: bytes) -> str:
    try:
        return foreign.decode(body, kind=_Body).signed_payload
    except msgspec.MsgspecError as error:
        raise SignatureNotValid from error


def _news_of(
    notification: ResponseBodyV2DecodedPayload, transaction: JWSTransactionDecodedPayload, payment: StorePayment
) -> list[News]:
    at = moment(notification.signedDate)
    assert at is not None  # the chain was verified for this date
    match notification.rawNotificationType:
        case "ONE_TIME_CHARGE":
            return [PaymentNews(payment=payment)]
        case "REFUND" if transaction.revocationDate is not None and purchases.reversed_ppm(transaction):
            return [purchases.reversal_of(transaction, at, ReversalState.DONE)]
        case "REFUND_REVERSED":
            return [purchases.reversal_of(transaction, at, ReversalState.UNDONE)]
        case "REFUND_DECLINED":
            return [RefundDeclined(payment_id=payment.id, at=at)]
        case "CONSUMPTION_REQUEST":
            assert notification.data is not None
            assert notification.notificationUUID is not None  # it names the message
            return [
                ConsumptionRequest(
                    id=notification.notificationUUID,
                    payment_id=payment.id,
                    reason=(notification.data.rawConsumptionRequestReason or "").lower(),
                    answer_until=at + timedelta(hours=purchases.CONSUMPTION_ANSWER_H),
                )
            ]
    return []  # TEST says nothing, and subscriptions are not sold here


def from_settings(settings: Settings) -> AppleProvider:
    """The App Store as the settings describe it.

    Raises:
        SettingsError: it is described in part only, or in a way that would let forgeries pass.
    """
    own = settings.of(AppleSettings)
    if not (own.issuer_id and own.key_id and own.private_key):
        raise SettingsError(
            "PLAUDIT_APPLE_BUNDLE_ID needs PLAUDIT_APPLE_ISSUER_ID, PLAUDIT_APPLE_KEY_ID and PLAUDIT_APPLE_PRIVATE_KEY"
        )
    clock = SystemClock()
    signatures = of_settings(own, clock)
    try:
        server = AppleServer(
            own.url,
            key=own.private_key.reveal().replace("\\n", "\n").encode(),
            key_id=own.key_id,
            issuer_id=own.issuer_id,
            bundle_id=own.bundle_id,
            environment=signatures.environment,
        )
    except (ValueError, TypeError):  # what it says might quote the key
        raise SettingsError("PLAUDIT_APPLE_PRIVATE_KEY is not a private key in PEM") from None
    return AppleProvider(signatures, server, settings.store_product_prefix, clock, frozenset(own.link_regions.split()))
