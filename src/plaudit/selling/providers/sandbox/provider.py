"""The sandbox: a pretend provider that runs as a process of its own."""

import json
import logging
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

import httpx2
import msgspec
from standardwebhooks import Webhook, WebhookVerificationError

from plaudit import foreign
from plaudit.languages.speaking import later
from plaudit.limits import PROVIDER_TIMEOUT_S, WEBHOOK_BYTES_MAX
from plaudit.money import Money
from plaudit.outgoing import tls_context
from plaudit.policy.model import Evidence, EvidenceSource
from plaudit.providers import ProviderRefused, ProviderUnavailable, SignatureNotValid
from plaudit.selling.providers.base import AmountRange, Capabilities, CheckoutRequest, RefundRequest
from plaudit.selling.providers.news import (
    FraudWarning,
    News,
    Payment,
    PaymentNews,
    PaymentState,
    ReversalKind,
    ReversalNews,
    ReversalState,
    WebhookMessage,
)
from plaudit.settings import Secret, Settings, SettingsError

T = TypeVar("T")
log = logging.getLogger(__name__)


def from_settings(settings: Settings) -> "SandboxProvider | None":
    """The sandbox, when its address is set.

    Raises:
        SettingsError: without its keys.
    """
    if not settings.sandbox_url:
        return None
    if not settings.sandbox_api_key or not settings.sandbox_webhook_secret:
        raise SettingsError("PLAUDIT_SANDBOX_URL needs PLAUDIT_SANDBOX_API_KEY and PLAUDIT_SANDBOX_WEBHOOK_SECRET")
    return SandboxProvider(
        url=settings.sandbox_url,
        api_key=settings.sandbox_api_key,
        webhook_secret=settings.sandbox_webhook_secret,
        webhook_url=f"{settings.public_url}/v1/webhooks/sandbox",
    )


class _Checkout(msgspec.Struct, frozen=True):
    """A checkout in the sandbox's API: what of it matters here."""

    id: str
    reference: str
    state: Literal["open", "confirming", "authorised", "processing", "paid", "declined", "expired", "cancelled"]
    amount_minor: int
    currency: str
    url: str
    created_at: datetime
    fee_minor: int | None
    paid_at: datetime | None
    card: str | None = None
    card_country: str | None = None

    def payment(self) -> Payment:
        states = {"confirming": PaymentState.OPEN, "cancelled": PaymentState.DECLINED}
        return Payment(
            id=self.id,
            reference=self.reference,
            state=states.get(self.state) or PaymentState(self.state),
            amount=Money(self.amount_minor, self.currency),
            fee_minor=self.fee_minor,
            paid_at=self.paid_at,
            checkout_url=self.url,
            evidence=self._evidence(),
        )

    def _evidence(self) -> tuple[Evidence, ...]:
        if self.card is None:
            return ()
        return (
            Evidence(
                source=EvidenceSource.CARD_ISSUER,
                country=self.card_country,
                observed_at=self.paid_at or self.created_at,
                detail="issuer of the card",
            ),
        )


class _Refund(msgspec.Struct, frozen=True):
    """A refund in the sandbox's API."""

    id: str
    checkout_id: str
    reversal_id: UUID | None
    state: Literal["pending", "succeeded", "failed"]
    amount_minor: int
    currency: str
    reason: str
    created_at: datetime

    def news(self) -> ReversalNews:
        states = {"pending": ReversalState.OPENED, "succeeded": ReversalState.DONE, "failed": ReversalState.UNDONE}
        return ReversalNews(
            id=self.id,
            kind=ReversalKind.REFUND,
            payment_id=self.checkout_id,
            state=states[self.state],
            reversal_id=self.reversal_id,
            amount=Money(self.amount_minor, self.currency),
            reason=self.reason,
            at=self.created_at,
        )


class _Dispute(msgspec.Struct, frozen=True):
    """A dispute in the sandbox's API."""

    id: str
    checkout_id: str
    state: Literal["open", "won", "lost"]
    amount_minor: int
    currency: str
    fee_minor: int
    reason: str
    created_at: datetime
    respond_until: datetime

    def news(self) -> ReversalNews:
        states = {"open": ReversalState.OPENED, "lost": ReversalState.DONE, "won": ReversalState.UNDONE}
        return ReversalNews(
            id=self.id,
            kind=ReversalKind.CHARGEBACK,
            payment_id=self.checkout_id,
            state=states[self.state],
            amount=Money(self.amount_minor, self.currency),
            fee_minor=self.fee_minor,
            reason=self.reason,
            at=self.created_at,
            respond_until=self.respond_until,
        )


class _FraudWarning(msgspec.Struct, frozen=True):
    """An early fraud warning in the sandbox's API."""

    id: str
    checkout_id: str
    reason: str


class _Page(msgspec.Struct, Generic[T], frozen=True):
    items: list[T]
    next: str | None


class _Event(msgspec.Struct, frozen=True):
    id: str
    type: str
    data: msgspec.Raw


class SandboxProvider:
    """Speaks to the sandbox over HTTP."""

    name = "sandbox"
    capabilities = Capabilities(is_play_money=True, title=later("Test card (no real money)"))

    def __init__(self, *, url: str, api_key: Secret, webhook_secret: Secret, webhook_url: str) -> None:
        self._webhook_url = webhook_url
        self._webhook = Webhook(webhook_secret.reveal())
        self._client = httpx2.AsyncClient(
            verify=tls_context(),
            base_url=url,
            headers={"Authorization": f"Bearer {api_key.reveal()}"},
            timeout=PROVIDER_TIMEOUT_S,
            follow_redirects=False,
        )

    def takes(self, price: Money) -> bool:
        return price.amount_minor > 0

    def step_minor(self, currency: str) -> int:
        return 1

    def range_of(self, currency: str) -> AmountRange | None:
        return AmountRange()

    async def create_checkout(self, request: CheckoutRequest) -> Payment:
        body = {
            "reference": request.reference,
            "amount_minor": request.price.amount_minor,
            "currency": request.price.currency,
            "description": request.description,
            "return_url": request.return_url,
            "webhook_url": self._webhook_url,
            "expires_at": request.expires_at.astimezone(UTC).isoformat(),
            "capture": "later",
            "locale": request.locale,
        }
        made = await self._call(_Checkout, "POST", "/v1/checkouts", json=body, headers=_once(request.reference))
        return made.payment()

    async def fetch(self, payment_id: str) -> Payment:
        return (await self._call(_Checkout, "GET", f"/v1/checkouts/{payment_id}")).payment()

    async def capture(self, payment_id: str) -> Payment:
        return (await self._call(_Checkout, "POST", f"/v1/checkouts/{payment_id}/capture")).payment()

    async def cancel(self, payment_id: str) -> Payment:
        return (await self._call(_Checkout, "POST", f"/v1/checkouts/{payment_id}/cancel")).payment()

    async def refund(self, request: RefundRequest) -> ReversalNews:
        body = {
            "reversal_id": str(request.reversal_id),
            "amount_minor": request.amount.amount_minor,
            "currency": request.amount.currency,
            "reason": request.reason,
        }
        path = f"/v1/checkouts/{request.payment_id}/refunds"
        return (await self._call(_Refund, "POST", path, json=body, headers=_once(str(request.reversal_id)))).news()

    async def verify_webhook(self, headers: Mapping[str, str], body: bytes) -> WebhookMessage:
        if len(body) > WEBHOOK_BYTES_MAX:
            raise SignatureNotValid
        try:
            self._webhook.verify(body, dict(headers), json_parse=False)
            event = foreign.decode(body, _Event)
        except (WebhookVerificationError, msgspec.MsgspecError, ValueError) as error:
            # ValueError: what the library makes of some malformed signatures
            raise SignatureNotValid from error
        return WebhookMessage(id=event.id, kind=event.type)

    async def read_webhook(self, body: bytes) -> list[News]:
        event = foreign.decode(body, _Event)
        about, _, _what = event.type.partition(".")
        if about == "checkout":
            return [PaymentNews(payment=foreign.decode(event.data, _Checkout).payment())]
        if about == "refund":
            return [foreign.decode(event.data, _Refund).news()]
        if about == "dispute":
            return [foreign.decode(event.data, _Dispute).news()]
        if about == "fraud_warning":
            warning = foreign.decode(event.data, _FraudWarning)
            told, reason = warning.checkout_id, warning.reason
            return [FraudWarning(id=warning.id, payment_id=told, reason=reason, is_of_network=True)]
        return []

    async def list_news(self, since: datetime, until: datetime) -> AsyncIterator[PaymentNews | ReversalNews]:
        async for checkout in self._list(_Checkout, "/v1/checkouts", since, until):
            yield PaymentNews(payment=checkout.payment())
        async for refund in self._list(_Refund, "/v1/refunds", since, until):
            yield refund.news()
        async for dispute in self._list(_Dispute, "/v1/disputes", since, until):
            yield dispute.news()

    async def close(self) -> None:
        await self._client.aclose()

    async def _list(self, kind: type[T], path: str, since: datetime, until: datetime) -> AsyncIterator[T]:
        window = {"since": since.astimezone(UTC).isoformat(), "until": until.astimezone(UTC).isoformat()}
        cursor: str | None = ""
        while cursor is not None:
            page: _Page[T] = await self._call(_Page[kind], "GET", path, params=window | {"cursor": cursor})  # type: ignore[valid-type] # the type is a value here
            for item in page.items:
                yield item
            cursor = page.next

    async def _call(self, kind: type[T], method: str, path: str, **arguments: Any) -> T:
        try:
            answer = await self._client.request(method, path, **arguments)
        except httpx2.HTTPError as error:
            raise ProviderUnavailable(self.name) from error
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            raise ProviderUnavailable(self.name)
        if answer.status_code == HTTPStatus.UNAUTHORIZED:  # about us, not about what was asked
            log.error("the sandbox does not accept the key of this server")
            raise ProviderUnavailable(self.name)
        if not answer.is_success:
            raise ProviderRefused(self.name, _reason(answer))
        try:
            return foreign.decode(answer.content, kind)
        except msgspec.MsgspecError as error:
            raise ProviderUnavailable(self.name) from error


def _once(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


def _reason(answer: httpx2.Response) -> str:
    """Why the sandbox refused, in its own words, without what was sent."""
    try:
        document = answer.json()
    except json.JSONDecodeError:
        document = None
    title = document.get("title") if isinstance(document, dict) else None
    return f"{answer.status_code} {title or answer.reason_phrase}"
