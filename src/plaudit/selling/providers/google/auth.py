"""How we prove to Google who we are: access tokens of a service account, fetched in a thread by Google's library."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx2
from google.auth import exceptions, transport
from google.oauth2 import service_account

from plaudit.limits import PROVIDER_TIMEOUT_S
from plaudit.outgoing import tls_context
from plaudit.providers import ProviderRefused, ProviderUnavailable
from plaudit.settings import SettingsError

NAME = "google"
PUBLISHER_SCOPE = "https://www.googleapis.com/auth/androidpublisher"
INTEGRITY_SCOPE = "https://www.googleapis.com/auth/playintegrity"


class Answer(transport.Response):
    """An answer as Google's library reads it."""

    def __init__(self, answer: httpx2.Response) -> None:
        self._answer = answer

    @property
    def status(self) -> int:
        return self._answer.status_code

    @property
    def headers(self) -> httpx2.Headers:
        return self._answer.headers

    @property
    def data(self) -> bytes:
        return self._answer.content


class Transport(transport.Request):
    """HTTP for Google's library, which blocks: to be used in threads only."""

    def __init__(self) -> None:
        self._client = httpx2.Client(verify=tls_context(), timeout=PROVIDER_TIMEOUT_S, follow_redirects=False)

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        timeout: float | None = None,
        **_: Any,
    ) -> Answer:
        """One request.

        Raises:
            TransportError: of the library; there was no answer.
        """
        try:
            return Answer(
                self._client.request(
                    method, url, content=body, headers=headers, timeout=min(timeout or PROVIDER_TIMEOUT_S, 60)
                )
            )
        except httpx2.HTTPError as error:
            raise exceptions.TransportError(str(error)) from error  # type: ignore[no-untyped-call]

    def close(self) -> None:
        self._client.close()


def read_account(file: str) -> dict[str, Any]:
    """The key of a service account, as the Google Cloud console gives it.

    Raises:
        SettingsError: it cannot be read, or is none.
    """
    try:
        key = json.loads(Path(file).read_text(encoding="utf-8"))
        service_account.Credentials.from_service_account_info(key)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        # The library's message may quote the key: it is left out.
        raise SettingsError(
            f"PLAUDIT_GOOGLE_SERVICE_ACCOUNT_FILE: {file} is not the JSON key of a service account"
        ) from error
    return dict(key)


class Account:
    """A service account, and its access token while that is good."""

    def __init__(self, key: dict[str, Any], scope: str = PUBLISHER_SCOPE) -> None:
        self._transport = Transport()
        self._refreshing = asyncio.Lock()
        self._credentials = service_account.Credentials.from_service_account_info(  # type: ignore[no-untyped-call]
            key, scopes=[scope]
        )

    async def token(self, refused: str | None = None) -> str:
        """An access token, another one than the one that was refused.

        Raises:
            ProviderUnavailable: Google does not answer.
            ProviderRefused: Google does not know this account, or its key is revoked.
        """
        async with self._refreshing:
            if not self._credentials.valid or self._credentials.token == refused:
                await asyncio.to_thread(self._refresh)
            return str(self._credentials.token)

    def _refresh(self) -> None:
        try:
            self._credentials.refresh(self._transport)
        except exceptions.TransportError as error:
            raise ProviderUnavailable(NAME) from error
        except exceptions.GoogleAuthError as error:
            if error.retryable:
                raise ProviderUnavailable(NAME) from error
            raise ProviderRefused(NAME, "Google refuses the service account's key") from error

    async def close(self) -> None:
        await asyncio.to_thread(self._transport.close)
