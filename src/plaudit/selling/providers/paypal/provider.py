"""PayPal: orders approved on its pages, captured by us; refunds, disputes, and signed webhooks."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from http import HTTPStatus
from urllib.parse import quote, urlsplit

import msgspec

from plaudit import foreign
from plaudit.clock import Clock, SystemClock
from plaudit.limits import WEBHOOK_BYTES_MAX
from plaudit.money import Money
from plaudit.providers import ProviderRefused, ProviderUnavailable, SignatureNotValid
from plaudit.selling.providers.base import AmountRange, Capabilities, CheckoutRequest, RefundRequest
from plaudit.selling.providers.errors import CurrencyNotTaken
from plaudit.selling.providers.news import (
    AccountNotice,
    News,
    Payment,
    PaymentNews,
    PaymentState,
    ReversalNews,
    WebhookMessage,
)
from plaudit.selling.providers.paypal.checkout import checkout_body
from plaudit.selling.providers.paypal.client import PayPalClient, PayPalRefused
from plaudit.selling.providers.paypal.disputes import Dispute
from plaudit.selling.providers.paypal.history import History
from plaudit.selling.providers.paypal.model import CANCELLED, Link, PayPalOrder, Refund, SupplementaryData, linked
from plaudit.selling.providers.paypal.money import DECIMALS, NAME, Amount, step_minor
from plaudit.selling.providers.paypal.settings import PayPalSettings
from plaudit.selling.providers.paypal.signature import SigningCertificates, check, trusted_roots
from plaudit.settings import Settings, SettingsError

LIVE, SANDBOX = "https://api-m.paypal.com", "https://api-m.sandbox.paypal.com"
_CERTIFICATES = {LIVE: "https://api.paypal.com", SANDBOX: "https://api.sandbox.paypal.com"}
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

# The capture failed for good with what the buyer chose; a new order can be paid in another way.
_DECLINES = frozenset(
    {
        "INSTRUMENT_DECLINED", "TRANSACTION_REFUSED", "TRANSACTION_BLOCKED_BY_PAYEE", "PAYEE_BLOCKED_TRANSACTION",
        "PAYER_CANNOT_PAY", "PAYER_ACCOUNT_RESTRICTED", "PAYER_ACCOUNT_LOCKED_OR_CLOSED", "COMPLIANCE_VIOLATION",
        "CARD_EXPIRED", "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED", "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING",
    }
)  # fmt: skip
_TAKEN = frozenset({PaymentState.PAID, PaymentState.PROCESSING})
_ORDER_EVENTS = ("CHECKOUT.ORDER.", "CHECKOUT.PAYMENT-APPROVAL.")
_CAPTURE_PENDING = "PAYMENT.CAPTURE.PENDING"
_REFUND_EVENTS = ("PAYMENT.CAPTURE.REFUNDED", "PAYMENT.CAPTURE.REVERSED", "PAYMENT.REFUND.")


class _Event(msgspec.Struct, frozen=True):
    id: str
    event_type: str
    resource: msgspec.Raw = msgspec.Raw(b"{}")


class _OrderResource(msgspec.Struct, frozen=True):
    id: str | None = None
    order_id: str | None = None


class _PaymentResource(msgspec.Struct, frozen=True):
    """A capture or a refund: enough of it to ask PayPal how it is now."""

    id: str
    supplementary_data: SupplementaryData = SupplementaryData()
    links: list[Link] = []

    @property
    def order_id(self) -> str | None:
        return self.supplementary_data.related_ids.order_id or linked(self.links, "orders")

    @property
    def capture_id(self) -> str:
        """That of a refund; some reversals come as the capture itself."""
        return linked(self.links, "captures") or self.id


class _DisputeResource(msgspec.Struct, frozen=True):
    dispute_id: str


class PayPalProvider:
    """Takes payments through PayPal. A payment's id is that of PayPal's order.

    Messages are signals: PayPal is asked how things are now, so that late and reordered ones do no harm.
    """

    name = NAME
    capabilities = Capabilities(title="PayPal")

    def __init__(
        self, *, client: PayPalClient, certificates: SigningCertificates, webhook_id: str, seller: str, clock: Clock
    ) -> None:
        self._client = client
        self._certificates = certificates
        self._webhook_id = webhook_id
        self._seller = seller
        self._clock = clock
        self._history = History(client)

    def takes(self, price: Money) -> bool:
        try:
            Amount.of(price)
        except CurrencyNotTaken:
            return False
        return price.amount_minor > 0

    def step_minor(self, currency: str) -> int:
        return step_minor(currency)

    def range_of(self, currency: str) -> AmountRange | None:
        return AmountRange(least_minor=step_minor(currency)) if currency in DECIMALS else None

    async def create_checkout(self, request: CheckoutRequest) -> Payment:
        """See PaymentProvider; raises CurrencyNotTaken before PayPal is asked."""
        body = checkout_body(request, self._seller)
        payment = _payment(
            await self._client.post("/v2/checkout/orders", PayPalOrder, request_id=request.reference, body=body)
        )
        if payment.reference != request.reference or payment.amount != request.price:
            raise ProviderRefused(self.name, "the checkout it has under this reference is another")
        return payment

    async def fetch(self, payment_id: str) -> Payment:
        return _payment(await self._order(payment_id))

    async def capture(self, payment_id: str) -> Payment:
        payment = await self.fetch(payment_id)
        if payment.state is not PaymentState.AUTHORISED:
            if payment.state is PaymentState.OPEN:
                raise ProviderRefused(self.name, "422 ORDER_NOT_APPROVED")
            return payment
        path = f"/v2/checkout/orders/{quote(payment_id, safe='')}/capture"
        try:
            return _payment(await self._client.post(path, PayPalOrder, request_id=f"capture-{payment_id}"))
        except PayPalRefused as refused:
            if refused.issue == "ORDER_ALREADY_CAPTURED":  # somebody else was quicker
                return await self.fetch(payment_id)
            if refused.issue in _DECLINES:
                return msgspec.structs.replace(payment, state=PaymentState.DECLINED)
            raise

    async def cancel(self, payment_id: str) -> Payment:
        """See PaymentProvider. PayPal holds no money before a capture and knows no cancelling: the order is marked, so
        that it is never captured, and PayPal forgets it in its time."""
        payment = await self.fetch(payment_id)
        if payment.state not in {PaymentState.OPEN, PaymentState.AUTHORISED}:
            return payment
        path = "/purchase_units/@reference_id=='default'/custom_id"
        mark = {"op": "replace", "path": path, "value": f"{CANCELLED}{payment.reference}"}
        try:
            await self._client.patch(f"/v2/checkout/orders/{quote(payment_id, safe='')}", [mark])
        except PayPalRefused as refused:
            if refused.http_status != HTTPStatus.UNPROCESSABLE_ENTITY:
                raise
        now = await self.fetch(payment_id)
        # An order nobody approved yet may not take the mark; without a capture nothing is taken from it either way.
        return now if now.state in _TAKEN else msgspec.structs.replace(now, state=PaymentState.EXPIRED)

    async def refund(self, request: RefundRequest) -> ReversalNews:
        """See PaymentProvider. PayPal forgets request ids after 45 days, so what was refunded already is looked up."""
        amount = Amount.of(request.amount)
        order = await self._order(request.payment_id)
        for refund in order.unit.payments.refunds:
            if refund.reversal_id == request.reversal_id:
                return _refunded(refund, request)
        if order.capture is None:
            raise ProviderRefused(self.name, "422 there is no capture to refund")
        path = f"/v2/payments/captures/{quote(order.capture.id, safe='')}/refund"
        ours = str(request.reversal_id)
        body = {"amount": amount, "custom_id": ours, "invoice_id": ours}
        return _refunded(await self._client.post(path, Refund, request_id=ours, body=body), request)

    async def verify_webhook(self, headers: Mapping[str, str], body: bytes) -> WebhookMessage:
        if len(body) > WEBHOOK_BYTES_MAX:
            raise SignatureNotValid
        try:
            event = foreign.decode(body, kind=_Event)
        except msgspec.MsgspecError as error:
            raise SignatureNotValid from error
        await check(headers, body, webhook_id=self._webhook_id, certificates=self._certificates, now=self._clock.now())
        return WebhookMessage(id=event.id, kind=event.event_type)

    async def read_webhook(self, body: bytes) -> list[News]:
        event = foreign.decode(body, kind=_Event)
        if event.event_type.startswith(_ORDER_EVENTS):
            return await self._order_news(foreign.decode(event.resource, kind=_OrderResource))
        if event.event_type.startswith(("PAYMENT.CAPTURE.", "PAYMENT.REFUND.")):
            resource = foreign.decode(event.resource, kind=_PaymentResource)
            if event.event_type.startswith(_REFUND_EVENTS) or not resource.order_id:
                return await self._history.of_capture(resource.capture_id)
            return _capture_news(await self._order(resource.order_id), event.event_type)
        if event.event_type.startswith("CUSTOMER.DISPUTE."):
            return await self._dispute_news(foreign.decode(event.resource, kind=_DisputeResource).dispute_id)
        return []

    async def _order_news(self, resource: _OrderResource) -> list[News]:
        order_id = resource.order_id or resource.id
        try:
            return [PaymentNews(payment=await self.fetch(order_id))] if order_id else []
        except PayPalRefused as refused:
            if refused.http_status == HTTPStatus.NOT_FOUND:  # an approval that ran out: PayPal forgets such orders
                return []
            raise

    async def _dispute_news(self, dispute_id: str) -> list[News]:
        dispute = await self._client.get(f"/v1/customer/disputes/{quote(dispute_id, safe='')}", Dispute)
        news: list[News] = []
        for transaction in dispute.disputed_transactions:
            if transaction.seller_transaction_id:
                news += await self._history.of_capture(transaction.seller_transaction_id)
        return news

    def list_news(self, since: datetime, until: datetime) -> AsyncIterator[PaymentNews | ReversalNews]:
        """See PaymentProvider. PayPal's lists are up to three hours behind."""
        return self._history.between(since, until)

    async def close(self) -> None:
        await self._client.close()
        await self._certificates.close()

    async def _order(self, order_id: str) -> PayPalOrder:
        return await self._client.get(f"/v2/checkout/orders/{quote(order_id, safe='')}", PayPalOrder)


def _payment(order: PayPalOrder) -> Payment:
    try:
        return order.payment()
    except ValueError as error:
        raise ProviderUnavailable(NAME) from error


def _capture_news(order: PayPalOrder, event_type: str) -> list[News]:
    """The payment as it is now; and when it begins to wait for the seller, that it does."""
    news: list[News] = [PaymentNews(payment=_payment(order))]
    if event_type == _CAPTURE_PENDING and order.capture and order.capture.seller_must:
        words = f"capture {order.capture.id} waits at PayPal until somebody does this: {order.capture.seller_must}"
        news.append(AccountNotice(words=words, needs_somebody=True))
    return news


def _refunded(refund: Refund, request: RefundRequest) -> ReversalNews:
    """A refund we asked for: PayPal repeats the first answer to a request id, whatever it is asked the second time."""
    try:
        news = refund.news(request.payment_id)
    except ValueError as error:
        raise ProviderUnavailable(NAME) from error
    if news.amount != request.amount:
        raise ProviderRefused(NAME, "the refund it has for this reversal is of another amount")
    return msgspec.structs.replace(news, reversal_id=request.reversal_id)


def certificates_of(own: PayPalSettings, clock: Clock) -> SigningCertificates:
    """What webhooks of PayPal are checked with, as the settings describe it.

    Raises:
        SettingsError: an address in them is not safe, or the authorities cannot be read.
    """
    origins = own.certificate_origins.split() or [_CERTIFICATES.get(own.url, "")]
    if not origins[0]:
        raise SettingsError(
            f"PLAUDIT_PAYPAL_URL is neither {LIVE} nor {SANDBOX}: set PLAUDIT_PAYPAL_CERTIFICATE_ORIGINS"
        )
    for address in (own.url, *origins):
        parts = urlsplit(address)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise SettingsError(f"PLAUDIT_PAYPAL_*: {address} must be https")
    try:
        roots = trusted_roots(own.certificate_roots)
    except (OSError, ValueError) as error:
        raise SettingsError(f"PLAUDIT_PAYPAL_CERTIFICATE_ROOTS holds no certificates: {error}") from error
    return SigningCertificates(origins=origins, roots=roots, clock=clock)


def from_settings(settings: Settings) -> PayPalProvider:
    """PayPal as the settings describe it.

    Raises:
        SettingsError: it is described in part, or an address in it is not safe.
    """
    own = settings.of(PayPalSettings)
    if not (own.client_id and own.client_secret and own.webhook_id):
        raise SettingsError(
            "PayPal needs PLAUDIT_PAYPAL_CLIENT_ID, PLAUDIT_PAYPAL_CLIENT_SECRET and PLAUDIT_PAYPAL_WEBHOOK_ID"
        )
    clock = SystemClock()
    client = PayPalClient(
        url=own.url,
        client_id=own.client_id,
        client_secret=own.client_secret,
        clock=clock,
    )
    return PayPalProvider(
        client=client,
        certificates=certificates_of(own, clock),
        webhook_id=own.webhook_id,
        seller=settings.seller_name,
        clock=clock,
    )
