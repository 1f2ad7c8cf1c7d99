"""The sandbox as a screening source, over HTTP."""

from collections.abc import Mapping
from uuid import UUID

import httpx2
import msgspec
from standardwebhooks import Webhook, WebhookVerificationError

from plaudit import foreign
from plaudit.limits import PAYOUT_PROVIDER_TIMEOUT_S
from plaudit.outgoing import tls_context
from plaudit.payouts.screening.base import IdentityStatus, ScreeningAnswer, ScreeningOutcome, ScreeningSubject
from plaudit.providers import ProviderUnavailable, SignatureNotValid
from plaudit.settings import Secret, Settings, SettingsError

NAME = "sandbox-screening"


def from_settings(settings: Settings) -> "SandboxScreening":
    """The sandbox, at its address.

    Raises:
        SettingsError: without its address and keys.
    """
    if not (settings.sandbox_url and settings.sandbox_api_key and settings.sandbox_webhook_secret):
        raise SettingsError(
            "PLAUDIT_SCREENING_SOURCE=sandbox-screening needs PLAUDIT_SANDBOX_URL, PLAUDIT_SANDBOX_API_KEY and"
            " PLAUDIT_SANDBOX_WEBHOOK_SECRET"
        )
    return SandboxScreening(
        url=settings.sandbox_url,
        api_key=settings.sandbox_api_key,
        webhook_secret=settings.sandbox_webhook_secret,
        webhook_url=f"{settings.public_url}/v1/webhooks/screening/{NAME}",
    )


class _Screening(msgspec.Struct):
    id: str
    reference: UUID
    outcome: ScreeningOutcome
    identity: IdentityStatus


class _Event(msgspec.Struct):
    type: str
    data: msgspec.Raw


class SandboxScreening:
    """Talks to the sandbox process at `url`, which sends its webhooks to `webhook_url`."""

    name = NAME

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

    async def screen(self, subject: ScreeningSubject) -> ScreeningAnswer:
        body = {
            "reference": subject.screening_id,
            "name": subject.name,
            "country": subject.country,
            "webhook_url": self._webhook_url,
        }
        return _read(await self._call("POST", "/v1/screenings", msgspec.json.encode(body)))

    async def fetch(self, screening_id: UUID) -> ScreeningAnswer | None:
        answer = await self._call("GET", f"/v1/screenings/{screening_id}")
        return None if answer.status_code == 404 else _read(answer)

    def verify_webhook(self, headers: Mapping[str, str], body: bytes) -> UUID | None:
        lower = {name.lower(): value for name, value in headers.items()}
        try:
            self._webhook.verify(body, lower, json_parse=False)
            event = foreign.decode(body, _Event)
            if not event.type.startswith("screening."):
                return None
            return foreign.decode(event.data, _Screening).reference
        except (WebhookVerificationError, ValueError, msgspec.DecodeError) as error:
            raise SignatureNotValid from error

    async def _call(self, method: str, path: str, content: bytes | None = None) -> httpx2.Response:
        try:
            headers = {"Content-Type": "application/json"}
            return await self._client.request(method, path, content=content, headers=headers)
        except httpx2.HTTPError as error:
            raise _unavailable(f"{method} {path}: {type(error).__name__}") from error


def _read(answer: httpx2.Response) -> ScreeningAnswer:
    if not answer.is_success:
        raise _unavailable(f"the sandbox answered {answer.status_code}")
    try:
        said = foreign.decode(answer.content, _Screening)
    except msgspec.DecodeError as error:
        raise _unavailable("the sandbox's answer cannot be read") from error
    return ScreeningAnswer(screening_id=said.reference, reference=said.id, outcome=said.outcome, identity=said.identity)


def _unavailable(detail: str) -> ProviderUnavailable:
    return ProviderUnavailable(NAME, detail=detail)
