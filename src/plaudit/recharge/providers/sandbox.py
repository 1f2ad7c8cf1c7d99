"""The sandbox: a pretend provider that runs as a process of its own."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Literal

import httpx2
import msgspec
from standardwebhooks import Webhook, WebhookVerificationError

from plaudit.limits import PROVIDER_TIMEOUT_S, WEBHOOK_BYTES_MAX
from plaudit.money import Money
from plaudit.recharge.model import ProviderRefused, ProviderUnavailable, SignatureNotValid
from plaudit.recharge.providers.base import CheckoutRequest, Payment, PaymentEvent, PaymentState
from plaudit.settings import Secret


class _Checkout(msgspec.Struct, frozen=True):
    """A checkout in the sandbox's API: what of it matters here."""

    id: str
    reference: str
    state: Literal["open", "confirming", "processing", "paid", "declined", "expired"]
    amount_minor: int
    currency: str
    url: str
    fee_minor: int | None
    paid_at: datetime | None

    def payment(self) -> Payment:
        return Payment(
            id=self.id,
            reference=self.reference,
            state=PaymentState.OPEN if self.state == "confirming" else PaymentState(self.state),
            amount=Money(self.amount_minor, self.currency),
            fee_minor=self.fee_minor,
            paid_at=self.paid_at,
            checkout_url=self.url,
        )


class _Event(msgspec.Struct, frozen=True):
    id: str
    type: str
    data: msgspec.Raw


class SandboxProvider:
    """Speaks to the sandbox over HTTP."""

    name = "sandbox"
    channels = frozenset({"web"})

    def __init__(self, *, url: str, api_key: Secret, webhook_secret: Secret, webhook_url: str) -> None:
        self._webhook_url = webhook_url
        self._webhook = Webhook(webhook_secret.reveal())
        self._client = httpx2.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {api_key.reveal()}"},
            timeout=PROVIDER_TIMEOUT_S,
            follow_redirects=False,
        )

    async def create_checkout(self, request: CheckoutRequest) -> Payment:
        body = {
            "reference": request.reference,
            "amount_minor": request.price.amount_minor,
            "currency": request.price.currency,
            "description": request.description,
            "return_url": request.return_url,
            "webhook_url": self._webhook_url,
            "expires_at": request.expires_at.astimezone(UTC).isoformat(),
        }
        return await self._call("POST", "/v1/checkouts", json=body, headers={"Idempotency-Key": request.reference})

    async def fetch(self, payment_id: str) -> Payment:
        return await self._call("GET", f"/v1/checkouts/{payment_id}")

    def verify_webhook(self, headers: Mapping[str, str], body: bytes) -> PaymentEvent:
        if len(body) > WEBHOOK_BYTES_MAX:
            raise SignatureNotValid
        try:
            self._webhook.verify(body, dict(headers), json_parse=False)
            event = msgspec.json.decode(body, type=_Event)
            if not event.type.startswith("checkout."):
                return PaymentEvent(id=event.id, kind=event.type, payment=None)
            payment = msgspec.json.decode(event.data, type=_Checkout).payment()
        except (WebhookVerificationError, msgspec.MsgspecError, ValueError) as error:
            # ValueError: what the library makes of some malformed signatures
            raise SignatureNotValid from error
        return PaymentEvent(id=event.id, kind=event.type, payment=payment)

    async def close(self) -> None:
        await self._client.aclose()

    async def _call(self, method: str, path: str, **arguments: Any) -> Payment:
        try:
            answer = await self._client.request(method, path, **arguments)
        except httpx2.HTTPError as error:
            raise ProviderUnavailable(self.name) from error
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            raise ProviderUnavailable(self.name)
        if not answer.is_success:
            raise ProviderRefused(self.name, _reason(answer))
        try:
            return msgspec.json.decode(answer.content, type=_Checkout).payment()
        except msgspec.MsgspecError as error:
            raise ProviderUnavailable(self.name) from error


def _reason(answer: httpx2.Response) -> str:
    """Why the sandbox refused, in its own words, without what was sent."""
    try:
        document = answer.json()
    except json.JSONDecodeError:
        document = None
    title = document.get("title") if isinstance(document, dict) else None
    return f"{answer.status_code} {title or answer.reason_phrase}"
