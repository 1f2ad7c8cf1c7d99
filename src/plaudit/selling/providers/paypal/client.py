"""HTTP with PayPal: the access token, and what becomes of answers that are none."""

import asyncio
import base64
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, TypeVar

import httpx2
import msgspec

from plaudit import foreign
from plaudit.clock import Clock
from plaudit.limits import PROVIDER_TIMEOUT_S
from plaudit.outgoing import tls_context
from plaudit.providers import ProviderRefused, ProviderUnavailable
from plaudit.selling.providers.paypal.limits import PAYPAL_TOKEN_SPARE_S
from plaudit.selling.providers.paypal.money import NAME
from plaudit.settings import Secret

log = logging.getLogger(__name__)
T = TypeVar("T")

# PayPal works on the first request with this id and wants the second to come again.
_AGAIN = frozenset({"PREVIOUS_REQUEST_IN_PROGRESS"})


class PayPalRefused(ProviderRefused):
    """A refusal with PayPal's own name for the reason, what of the request it is about, and where it leads."""

    def __init__(self, status: int, issue: str, name: str = "", field: str = "", links: Sequence[str] = ()) -> None:
        super().__init__(NAME, f"{status} {issue}")
        self.http_status = status
        self.issue = issue
        self.name = name
        self.field = field
        self.links = links


class _Token(msgspec.Struct, frozen=True):
    access_token: str
    expires_in: int


class _Link(msgspec.Struct, frozen=True):
    href: str = ""


class _Detail(msgspec.Struct, frozen=True):
    issue: str = ""
    field: str = ""
    link: list[_Link] = []


class _Error(msgspec.Struct, frozen=True):
    """An error of the REST API (`name`, `details`) or of the token's endpoint (`error`)."""

    name: str = ""
    error: str = ""
    details: list[_Detail] = []

    @property
    def issue(self) -> str:
        return next((detail.issue for detail in self.details if detail.issue), self.name or self.error)


class PayPalClient:
    """Asks PayPal as the seller's application."""

    def __init__(self, *, url: str, client_id: str, client_secret: Secret, clock: Clock) -> None:
        credentials = base64.b64encode(f"{client_id}:{client_secret.reveal()}".encode()).decode()
        self._credentials = Secret(f"Basic {credentials}")
        self._clock = clock
        self._token = Secret("")
        self._token_until: datetime | None = None
        self._asking = asyncio.Lock()
        self._client = httpx2.AsyncClient(
            verify=tls_context(),
            base_url=url,
            headers={"Accept": "application/json"},
            timeout=PROVIDER_TIMEOUT_S,
            follow_redirects=False,
        )

    async def get(self, path: str, kind: type[T], query: Mapping[str, str] | None = None) -> T:
        """What PayPal has at a path.

        Raises:
            ProviderUnavailable: no answer, or none that can be read.
            PayPalRefused: it will not say.
        """
        return _decoded(await self._call("GET", path, params=query), kind)

    async def post(self, path: str, kind: type[T], *, request_id: str, body: Any = None) -> T:
        """Have something done, once for each request id.

        Raises:
            ProviderUnavailable: whether it was done is not known; asking again with the same id is safe.
            PayPalRefused: it was not done.
        """
        headers = {"PayPal-Request-Id": request_id, "Prefer": "return=representation"}
        return _decoded(await self._call("POST", path, body=body if body is not None else {}, headers=headers), kind)

    async def patch(self, path: str, body: Any) -> None:
        """Change something; raises as `post` does."""
        await self._call("PATCH", path, body=body)

    async def ready(self) -> None:
        """That PayPal answers, and knows this application.

        Raises:
            ProviderUnavailable: it does not, or knows it no more.
        """
        await self._bearer(None)

    async def close(self) -> None:
        await self._client.aclose()

    async def _call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        content = None if body is None else msgspec.json.encode(body)
        known = await self._bearer(None)
        answer = await self._send(method, path, content, params, headers, known)
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            # The token was withdrawn before its time; a second refusal is about the application itself.
            answer = await self._send(method, path, content, params, headers, await self._bearer(known))
        if not answer.is_success:
            raise _refusal(answer)
        return answer.content

    async def _send(
        self,
        method: str,
        path: str,
        content: bytes | None,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        bearer: Secret,
    ) -> httpx2.Response:
        sent = dict(headers or {}) | {"Authorization": bearer.reveal()}
        if content is not None:
            sent["Content-Type"] = "application/json"
        try:
            return await self._client.request(method, path, content=content, params=params, headers=sent)
        except httpx2.HTTPError as error:
            raise ProviderUnavailable(NAME) from error

    async def _bearer(self, refused: Secret | None) -> Secret:
        """The access token; another than the refused one. Of many who ask at once, one fetches it."""
        async with self._asking:
            fresh = self._token_until is not None and self._clock.now() < self._token_until
            if fresh and self._token is not refused:
                return self._token
            try:
                answer = await self._client.post(
                    "/v1/oauth2/token",
                    data={"grant_type": "client_credentials"},
                    headers={"Authorization": self._credentials.reveal()},
                )
            except httpx2.HTTPError as error:
                raise ProviderUnavailable(NAME) from error
            if not answer.is_success:
                raise _refusal(answer)
            token = _decoded(answer.content, _Token)
            self._token = Secret(f"Bearer {token.access_token}")
            self._token_until = self._clock.now() + timedelta(seconds=token.expires_in - PAYPAL_TOKEN_SPARE_S)
            return self._token


def _decoded(content: bytes, kind: type[T]) -> T:
    try:
        return foreign.decode(content, kind=kind)
    except msgspec.MsgspecError as error:
        # What was done is not known from an answer that cannot be read: the same id may ask again.
        log.warning("PayPal answered what cannot be read as %s: %s", kind.__name__, error)
        raise ProviderUnavailable(NAME) from error


def _refusal(answer: httpx2.Response) -> Exception:
    try:
        error = foreign.decode(answer.content, kind=_Error)
    except msgspec.MsgspecError:
        error = _Error()
    issue = error.issue
    status = answer.status_code
    if status == HTTPStatus.UNAUTHORIZED:  # about us, not about what was asked: that is still to be done
        log.error("PayPal does not accept the credentials of this server: %s", issue)
        return ProviderUnavailable(NAME)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS or issue in _AGAIN:
        log.info("PayPal is not available: %s %s %s", status, issue, answer.headers.get("paypal-debug-id", ""))
        return ProviderUnavailable(NAME)
    field = next((detail.field for detail in error.details if detail.field), "")
    links = [link.href for detail in error.details for link in detail.link if link.href]
    return PayPalRefused(status, issue or answer.reason_phrase, error.name, field, links)
