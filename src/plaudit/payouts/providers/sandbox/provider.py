"""The sandbox as a payout provider, over HTTP."""

from collections.abc import Mapping
from typing import TypeVar
from uuid import UUID

import httpx2
import msgspec
from standardwebhooks import Webhook, WebhookVerificationError

from plaudit import foreign
from plaudit.limits import PAYOUT_PROVIDER_TIMEOUT_S
from plaudit.money import Money
from plaudit.outgoing import tls_context
from plaudit.payouts.kinds import MethodKind
from plaudit.payouts.providers.base import Accounts, NothingToRecall, PayoutOrder, PayoutStatus, ProviderPayout
from plaudit.providers import ProviderUnavailable, SignatureNotValid
from plaudit.settings import Secret, Settings, SettingsError

_REFUSED_FOR_GOOD = 422  # any other refusal may be about us (address, key) and not about the payout
T = TypeVar("T")


def from_settings(settings: Settings) -> "SandboxPayoutProvider | None":
    """The sandbox, when its address is set.

    Raises:
        SettingsError: without its keys.
    """
    if not settings.sandbox_url:
        return None
    if not settings.sandbox_api_key or not settings.sandbox_webhook_secret:
        raise SettingsError("PLAUDIT_SANDBOX_URL needs PLAUDIT_SANDBOX_API_KEY and PLAUDIT_SANDBOX_WEBHOOK_SECRET")
    return SandboxPayoutProvider(
        url=settings.sandbox_url,
        api_key=settings.sandbox_api_key,
        webhook_secret=settings.sandbox_webhook_secret,
        webhook_url=f"{settings.public_url}/v1/webhooks/payouts/sandbox",
    )


class _Payout(msgspec.Struct):
    id: str
    reference: UUID
    amount_minor: int
    currency: str
    status: PayoutStatus
    failure: str | None = None


class _Event(msgspec.Struct):
    type: str
    data: msgspec.Raw


class _Refusal(msgspec.Struct):
    detail: str = "The provider refused it."


class SandboxPayoutProvider:
    """Talks to the sandbox process at `url`, which sends its webhooks to `webhook_url`."""

    name = "sandbox"
    by_hand = False
    kinds = frozenset({MethodKind.BANK_ACCOUNT})
    accounts: Accounts | None = None

    def __init__(self, *, url: str, api_key: Secret, webhook_secret: Secret, webhook_url: str) -> None:
        self._webhook_url = webhook_url
        self._webhook = Webhook(webhook_secret.reveal())
        self._client = httpx2.AsyncClient(
            verify=tls_context(),
            base_url=url,
            headers={"Authorization": f"Bearer {api_key.reveal()}"},
            timeout=PAYOUT_PROVIDER_TIMEOUT_S,
            follow_redirects=False,
        )

    async def close(self) -> None:
        await self._client.aclose()

    def takes(self, currency: str) -> bool:
        return True

    async def send(self, order: PayoutOrder) -> ProviderPayout:
        body = {
            "reference": order.payout_id,
            "amount_minor": order.money.amount_minor,
            "currency": order.money.currency,
            "holder_name": order.holder_name,
            "country": order.country,
            "iban": order.iban,
            "bank_code": order.bank_code,
            "account_number": order.account_number,
            "webhook_url": self._webhook_url,
        }
        answer = await self._call(
            "POST",
            "/v1/payouts",
            content=msgspec.json.encode(body),
            headers={"Idempotency-Key": str(order.payout_id), "Content-Type": "application/json"},
        )
        if answer.status_code == _REFUSED_FOR_GOOD:
            return ProviderPayout(
                payout_id=order.payout_id,
                reference="",
                status=PayoutStatus.FAILED,
                money=order.money,
                reason=_read(answer, _Refusal).detail,
            )
        return _as_provider_payout(self._payout_of(answer))

    async def fetch(self, payout_id: UUID, reference: str | None = None) -> ProviderPayout | None:
        answer = await self._call("GET", f"/v1/payouts/{payout_id}")
        return None if answer.status_code == 404 else _as_provider_payout(self._payout_of(answer))

    async def recall(self, payout_id: UUID, reference: str | None) -> ProviderPayout:
        raise NothingToRecall

    async def verify_webhook(self, headers: Mapping[str, str], body: bytes) -> str:
        lower = {name.lower(): value for name, value in headers.items()}
        try:
            self._webhook.verify(body, lower, json_parse=False)
        except (WebhookVerificationError, ValueError) as error:
            raise SignatureNotValid from error
        return lower["webhook-id"]

    def read_event(self, body: bytes) -> ProviderPayout | None:
        event = foreign.decode(body, _Event)
        if not event.type.startswith("payout."):
            return None
        return _as_provider_payout(foreign.decode(event.data, _Payout))

    async def _call(
        self, method: str, path: str, *, content: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx2.Response:
        try:
            return await self._client.request(method, path, content=content, headers=headers)
        except httpx2.HTTPError as error:
            raise _unavailable(f"{method} {path}: {type(error).__name__}") from error

    @staticmethod
    def _payout_of(answer: httpx2.Response) -> _Payout:
        if not answer.is_success:
            raise _unavailable(f"the sandbox answered {answer.status_code}")
        return _read(answer, _Payout)


def _read(answer: httpx2.Response, kind: type[T]) -> T:
    try:
        return foreign.decode(answer.content, kind)
    except msgspec.DecodeError as error:
        raise _unavailable("the sandbox's answer cannot be read") from error


def _unavailable(detail: str) -> ProviderUnavailable:
    return ProviderUnavailable(SandboxPayoutProvider.name, detail=detail)


def _as_provider_payout(payout: _Payout) -> ProviderPayout:
    return ProviderPayout(
        payout_id=payout.reference,
        reference=payout.id,
        status=payout.status,
        money=Money(payout.amount_minor, payout.currency),
        reason=payout.failure,
    )
