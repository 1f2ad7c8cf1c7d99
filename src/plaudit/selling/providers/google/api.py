"""The calls of the Google Play Developer API that selling coins takes: their shapes, and how they fail."""

import logging
from collections.abc import AsyncIterator
from datetime import datetime
from fractions import Fraction
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import quote

import httpx2
import msgspec

from plaudit import foreign
from plaudit.limits import PROVIDER_TIMEOUT_S
from plaudit.money import Money, exponent, round_half_up
from plaudit.outgoing import tls_context
from plaudit.providers import ProviderRefused, ProviderUnavailable
from plaudit.selling.providers.google.auth import NAME, Account
from plaudit.selling.providers.google.limits import GOOGLE_VOIDED_PAGE_LENGTH, GOOGLE_VOIDED_PAGES_MAX

log = logging.getLogger(__name__)
T = TypeVar("T")

_NANOS = 1_000_000_000
_BUSY = frozenset({HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT})
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_QUOTA_REASONS = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded"})


class NotKnown(ProviderRefused):
    """Google Play has no such purchase or order, or has it no more."""


class PlayMoney(msgspec.Struct, frozen=True, rename="camel"):
    """An amount in whole units and billionths. What is zero is left out of the JSON."""

    currency_code: str
    units: int = 0
    nanos: int = 0

    def money(self) -> Money:
        """The same amount in minor units, exactly.

        Raises:
            ProviderRefused: it has a part of a minor unit.
            InvalidField: the currency is none.
        """
        minor = self.exact_minor()
        if minor.denominator != 1:
            raise ProviderRefused(NAME, f"an amount with a part of a minor unit of {self.currency_code}")
        return Money(int(minor), self.currency_code)

    def exact_minor(self) -> Fraction:
        """The same amount in minor units and parts of them: taxes and shares have some.

        Raises:
            InvalidField: the currency is none.
        """
        return (self.units + Fraction(self.nanos, _NANOS)) * int(10 ** exponent(self.currency_code))


class OfferDetails(msgspec.Struct, frozen=True, rename="camel"):
    quantity: int = 1
    refundable_quantity: int | None = None
    consumption_state: str = ""

    @property
    def voided(self) -> int:
        """How many of them were given back."""
        left = self.quantity if self.refundable_quantity is None else self.refundable_quantity
        return max(self.quantity - left, 0)


class LineItem(msgspec.Struct, frozen=True, rename="camel"):
    """A product of a purchase."""

    product_id: str
    offer: OfferDetails = msgspec.field(name="productOfferDetails", default_factory=OfferDetails)

    @property
    def is_consumed(self) -> bool:
        return self.offer.consumption_state == "CONSUMPTION_STATE_CONSUMED"


class StateContext(msgspec.Struct, frozen=True, rename="camel"):
    purchase_state: str = ""


class Purchase(msgspec.Struct, frozen=True, rename="camel"):
    """A purchase by its token: ProductPurchaseV2."""

    state: StateContext = msgspec.field(name="purchaseStateContext", default_factory=StateContext)
    items: list[LineItem] = msgspec.field(name="productLineItem", default_factory=list)
    order_id: str = ""
    region_code: str = ""
    completed_at: datetime | None = msgspec.field(name="purchaseCompletionTime", default=None)
    account_id: str = msgspec.field(name="obfuscatedExternalAccountId", default="")
    profile_id: str = msgspec.field(name="obfuscatedExternalProfileId", default="")
    test: dict[str, Any] | None = msgspec.field(name="testPurchaseContext", default=None)


class BuyerAddress(msgspec.Struct, frozen=True, rename="camel"):
    buyer_country: str = ""


class RefundEvent(msgspec.Struct, frozen=True, rename="camel"):
    event_time: datetime | None = None
    refund_reason: str = ""


class RefundDetails(msgspec.Struct, frozen=True, rename="camel"):
    total: PlayMoney | None = None


class PartialRefundEvent(msgspec.Struct, frozen=True, rename="camel"):
    refund_details: RefundDetails | None = None


class OrderHistory(msgspec.Struct, frozen=True, rename="camel"):
    refund_event: RefundEvent | None = None
    partial_refund_events: list[PartialRefundEvent] = msgspec.field(default_factory=list)


class PlayOrder(msgspec.Struct, frozen=True, rename="camel"):
    """What a buyer paid: Order."""

    order_id: str
    purchase_token: str = ""
    state: str = ""
    total: PlayMoney | None = None
    tax: PlayMoney | None = None
    revenue: PlayMoney | None = msgspec.field(name="developerRevenueInBuyerCurrency", default=None)
    buyer_address: BuyerAddress = msgspec.field(default_factory=BuyerAddress)
    history: OrderHistory = msgspec.field(name="orderHistory", default_factory=OrderHistory)

    def fee_minor(self) -> int | None:
        """What Google keeps beside the tax, to the nearest minor unit; None while it does not say, says it in another
        currency, or once part of it was given back."""
        if self.total is None or self.revenue is None or self.state != "PROCESSED":
            return None
        tax = self.tax or PlayMoney(self.total.currency_code)
        if not self.total.currency_code == tax.currency_code == self.revenue.currency_code:
            return None
        fee = round_half_up(self.total.exact_minor() - tax.exact_minor() - self.revenue.exact_minor())
        return fee if fee >= 0 else None


class VoidedPurchase(msgspec.Struct, frozen=True, rename="camel"):
    """A purchase, or some units of one, that was given back."""

    purchase_token: str
    voided_time_millis: int
    order_id: str = ""
    voided_reason: int = 0
    voided_source: int = 0
    voided_quantity: int | None = None
    """None: all of it."""


class Price(msgspec.Struct, frozen=True, rename="camel"):
    price_micros: int = 0
    currency: str = ""


class ExternalTransaction(msgspec.Struct, frozen=True, rename="camel"):
    """A sale on the web by way of a link, as it was reported."""

    external_transaction_id: str = ""
    original_pre_tax_amount: Price = msgspec.field(default_factory=Price)
    current_pre_tax_amount: Price = msgspec.field(default_factory=Price)

    @property
    def original_micros(self) -> int:
        return self.original_pre_tax_amount.price_micros

    @property
    def current_micros(self) -> int:
        """What refunds have left."""
        return self.current_pre_tax_amount.price_micros


class _TokenPagination(msgspec.Struct, frozen=True, rename="camel"):
    next_page_token: str = ""


class _VoidedPage(msgspec.Struct, frozen=True, rename="camel"):
    voided_purchases: list[VoidedPurchase] = msgspec.field(default_factory=list)
    token_pagination: _TokenPagination = msgspec.field(default_factory=_TokenPagination)


class _Reason(msgspec.Struct, frozen=True):
    reason: str = ""


class _Error(msgspec.Struct, frozen=True):
    message: str = ""
    errors: list[_Reason] = msgspec.field(default_factory=list)


class _ErrorDocument(msgspec.Struct, frozen=True):
    error: _Error = msgspec.field(default_factory=_Error)


class GooglePlay:
    """The purchases and orders of one app.

    Every call raises ProviderUnavailable when it is worth another try, NotKnown when there is no such thing, and
    ProviderRefused otherwise.
    """

    def __init__(self, *, package: str, account: Account, api_url: str) -> None:
        self._account = account
        self._client = httpx2.AsyncClient(
            verify=tls_context(),
            base_url=f"{api_url}/androidpublisher/v3/applications/{_part(package)}",
            timeout=PROVIDER_TIMEOUT_S,
            follow_redirects=False,
        )

    async def purchase(self, token: str) -> Purchase:
        body = await self._call("GET", f"/purchases/productsv2/tokens/{_part(token)}")
        return _read(body, Purchase)

    async def consume(self, product_id: str, token: str) -> None:
        """Let the product be bought again; also acknowledges the purchase."""
        await self._call("POST", f"/purchases/products/{_part(product_id)}/tokens/{_part(token)}:consume")

    async def order(self, order_id: str) -> PlayOrder:
        return _read(await self._call("GET", f"/orders/{_part(order_id)}"), PlayOrder)

    async def refund(self, order_id: str) -> None:
        """Give back all that is left of an order and take its products away."""
        await self._call("POST", f"/orders/{_part(order_id)}:refund", params={"revoke": "true"})

    async def review_refund(self, order_id: str, review: dict[str, object]) -> None:
        """Say what we think of a chargeback. Google heeds the first call only."""
        await self._call("POST", f"/orders/{_part(order_id)}:reviewrefund", json=review)

    async def voided(self, since: datetime, until: datetime) -> AsyncIterator[VoidedPurchase]:
        """What was given back in this time, partly or wholly, page after page."""
        asked = {
            "startTime": str(int(since.timestamp() * 1000)),
            "endTime": str(int(until.timestamp() * 1000)),
            "includeQuantityBasedPartialRefund": "true",
            "maxResults": str(GOOGLE_VOIDED_PAGE_LENGTH),
        }
        next_page = ""
        for _ in range(GOOGLE_VOIDED_PAGES_MAX):
            page_asked = asked | ({"token": next_page} if next_page else {})
            page = _read(await self._call("GET", "/purchases/voidedpurchases", params=page_asked), _VoidedPage)
            for voided in page.voided_purchases:
                yield voided
            next_page = page.token_pagination.next_page_token
            if not next_page:
                return
        raise ProviderRefused(NAME, f"more than {GOOGLE_VOIDED_PAGES_MAX} pages of voided purchases")

    async def create_transaction(self, transaction_id: str, transaction: dict[str, object]) -> None:
        """Report a sale by way of a link. One that is there already is refused."""
        asked = {"externalTransactionId": transaction_id}
        await self._call("POST", "/externalTransactions", taken=True, params=asked, json=transaction)

    async def transaction(self, transaction_id: str) -> ExternalTransaction:
        body = await self._call("GET", f"/externalTransactions/{_part(transaction_id)}")
        return _read(body, ExternalTransaction)

    async def refund_transaction(self, transaction_id: str, refund: dict[str, object]) -> None:
        """Report that money of such a sale went back."""
        await self._call("POST", f"/externalTransactions/{_part(transaction_id)}:refund", taken=True, json=refund)

    async def close(self) -> None:
        await self._client.aclose()
        await self._account.close()

    async def _call(self, method: str, path: str, *, taken: bool = False, **arguments: Any) -> bytes:
        """`taken`: a conflict means that the id is used, and not that somebody else is at it."""
        token = await self._account.token()
        answer = await self._send(method, path, token, **arguments)
        if answer.status_code == HTTPStatus.UNAUTHORIZED:  # the token was revoked before its time
            answer = await self._send(method, path, await self._account.token(refused=token), **arguments)
        if answer.is_success:
            return answer.content
        if taken and answer.status_code == HTTPStatus.CONFLICT:
            raise ProviderRefused(NAME, "the id is used")
        raise _failure(answer)

    async def _send(self, method: str, path: str, token: str, **arguments: Any) -> httpx2.Response:
        try:
            return await self._client.request(method, path, headers={"Authorization": f"Bearer {token}"}, **arguments)
        except httpx2.HTTPError as error:
            raise ProviderUnavailable(NAME) from error


def _part(text: str) -> str:
    """A value as one segment of a path."""
    return quote(text, safe="")


def _read(body: bytes, kind: type[T]) -> T:
    try:
        return foreign.decode(body, kind=kind, strict=False)  # 64-bit numbers come as strings
    except msgspec.MsgspecError as error:
        raise ProviderUnavailable(NAME) from error


def _failure(answer: httpx2.Response) -> ProviderUnavailable | ProviderRefused:
    try:
        error = foreign.decode(answer.content, kind=_ErrorDocument, strict=False).error
    except msgspec.MsgspecError:
        error = _Error()
    if answer.status_code == HTTPStatus.UNAUTHORIZED:  # about us, not about what was asked: that is still to be done
        log.error("Google does not accept the service account of this server")
        return ProviderUnavailable(NAME)
    over_quota = any(entry.reason in _QUOTA_REASONS for entry in error.errors)
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status_code in _BUSY or over_quota:
        return ProviderUnavailable(NAME)
    reason = f"{answer.status_code} {error.message or answer.reason_phrase}"
    return NotKnown(NAME, reason) if answer.status_code in _GONE else ProviderRefused(NAME, reason)
