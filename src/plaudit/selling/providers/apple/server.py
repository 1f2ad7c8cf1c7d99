"""The App Store Server API: what is asked of it, and what its refusals mean. Only this knows its client."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from typing import Any, TypeVar

import msgspec
import requests
from appstoreserverlibrary.api_client import APIError, APIException, AppStoreServerAPIClient
from appstoreserverlibrary.models.ConsumptionRequest import ConsumptionRequest
from appstoreserverlibrary.models.Environment import Environment
from appstoreserverlibrary.models.NotificationHistoryRequest import NotificationHistoryRequest

from plaudit.limits import PROVIDER_TIMEOUT_S
from plaudit.providers import ProviderRefused, ProviderUnavailable
from plaudit.selling.providers.apple.limits import (
    APPLE_HISTORY_PAGES_MAX,
    APPLE_HISTORY_SPAN_S_MIN,
    APPLE_REFUSAL_LENGTH_MAX,
)

log = logging.getLogger(__name__)
NAME = "apple"
T = TypeVar("T")

_TRY_AGAIN = {
    APIError.ACCOUNT_NOT_FOUND_RETRYABLE,
    APIError.APP_NOT_FOUND_RETRYABLE,
    APIError.ORIGINAL_TRANSACTION_ID_NOT_FOUND_RETRYABLE,
}


class _Client(AppStoreServerAPIClient):
    """The library's client with an address and patience of ours; it offers neither, so both are set from inside."""

    def __init__(self, url: str, *, key: bytes, key_id: str, issuer_id: str, bundle_id: str, environment: Environment):
        super().__init__(key, key_id, issuer_id, bundle_id, environment)
        if url:
            self._base_url = url

    def _execute_request(
        self, method: str, url: str, params: Any, headers: dict[str, str], json: Any, data: bytes | None
    ) -> requests.Response:
        return requests.request(
            method,
            url,
            params=params,
            headers=headers,
            json=json,
            data=data,
            timeout=PROVIDER_TIMEOUT_S,
            allow_redirects=False,
        )

    def send_report(self, body: dict[str, Any]) -> None:
        """Of the External Purchase Server API, which the library does not have."""
        self._external("PUT", "", msgspec.json.encode(body))

    def get_report(self, request_id: str) -> Any:
        return self._external("GET", f"/{request_id}", None).json()

    def _external(self, method: str, path: str, body: bytes | None) -> requests.Response:
        url, headers = self._get_full_url(f"/externalPurchase/v1/reports{path}"), self._get_headers()
        headers |= {"Content-Type": "application/json"} if body else {}
        answer = self._execute_request(method, url, {}, headers, None, body)
        if not answer.ok:
            words = answer.text[:APPLE_REFUSAL_LENGTH_MAX]
            raise APIException(answer.status_code, error_message=words)  # type: ignore[call-arg]  # it has defaults
        return answer


class AppleServer:
    """Apple's answers about transactions. All calls may raise ProviderUnavailable and ProviderRefused."""

    def __init__(self, url: str, *, key: bytes, key_id: str, issuer_id: str, bundle_id: str, environment: Environment):
        """`url` empty: Apple's own. Raises ValueError when the key is none."""
        self._client = _Client(
            url, key=key, key_id=key_id, issuer_id=issuer_id, bundle_id=bundle_id, environment=environment
        )

    async def transaction(self, transaction_id: str) -> str | None:
        """The transaction as it is now, signed; None when Apple knows none with this id."""
        try:
            answer = await _ask(lambda: self._client.get_transaction_info(transaction_id))
        except _Unknown:
            return None
        if not answer.signedTransactionInfo:
            raise ProviderUnavailable(NAME)
        return answer.signedTransactionInfo

    async def notifications(self, since: datetime, until: datetime) -> AsyncIterator[str]:
        """Each notification of a time as Apple sent, or could not send it: signed, once. A time of too many is asked
        for in halves.

        Raises:
            ProviderRefused: too many even in the shortest time.
        """
        told: set[bytes] = set()
        spans = [(since, until)]
        while spans:
            start, end = spans.pop()
            try:
                async for signed in self._pages(start, end):
                    digest = sha256(signed.encode()).digest()
                    if digest not in told:
                        told.add(digest)
                        yield signed
            except _TooManyPages as error:
                if end - start <= timedelta(seconds=APPLE_HISTORY_SPAN_S_MIN):
                    raise ProviderRefused(NAME, f"more than {APPLE_HISTORY_PAGES_MAX} pages from {start} on") from error
                middle = start + (end - start) / 2
                spans += [(middle, end), (start, middle)]

    async def _pages(self, since: datetime, until: datetime) -> AsyncIterator[str]:
        request = NotificationHistoryRequest(
            startDate=int(since.timestamp() * 1000), endDate=int(until.timestamp() * 1000)
        )
        page: str | None = None
        for _ in range(APPLE_HISTORY_PAGES_MAX):
            answer = await _ask(partial(self._client.get_notification_history, page, request))
            for item in answer.notificationHistory or []:
                if item.signedPayload:
                    yield item.signedPayload
            page = answer.paginationToken
            if not answer.hasMore or not page:
                return
        raise _TooManyPages

    async def send_consumption(self, transaction_id: str, consumption: ConsumptionRequest) -> None:
        """Answer a consumption request; only for a buyer who agreed."""
        await _ask(lambda: self._client.send_consumption_information(transaction_id, consumption))

    async def report(self, body: dict[str, Any]) -> None:
        """Send an external purchase report. One that Apple has already is refused by it, and found here."""
        try:
            await _ask(lambda: self._client.send_report(body))
        except ProviderRefused:
            if await self._reported(body["requestIdentifier"]) != body:
                raise

    async def _reported(self, request_id: str) -> dict[str, Any] | None:
        try:
            found = await _ask(lambda: self._client.get_report(request_id))
        except ProviderRefused:  # Apple has no such report
            return None
        return found.get("report", found) if isinstance(found, dict) else None

    async def finish(self, transaction_id: str) -> None:
        """Say that the transaction has been dealt with."""
        await _ask(lambda: self._client.finish_transaction(transaction_id))


class _TooManyPages(Exception):
    """Of one question."""


class _Unknown(ProviderRefused):
    """Apple has no such transaction."""


async def _ask(call: Callable[[], T]) -> T:
    """One call of the blocking client, with its errors in our words."""
    try:
        return await asyncio.to_thread(call)
    except APIException as error:
        if error.http_status_code == HTTPStatus.UNAUTHORIZED:  # about us, not about what was asked
            log.error("Apple does not accept the key of this server")
            raise ProviderUnavailable(NAME) from error
        again = error.http_status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or error.api_error in _TRY_AGAIN
        if again or error.http_status_code == HTTPStatus.TOO_MANY_REQUESTS:
            raise ProviderUnavailable(NAME) from error
        reason = f"{error.http_status_code} {error.raw_api_error or ''} {error.error_message or ''}".strip()
        if error.api_error is APIError.TRANSACTION_ID_NOT_FOUND:
            raise _Unknown(NAME, reason) from error
        raise ProviderRefused(NAME, reason) from error
    except (requests.RequestException, OSError, ValueError) as error:  # ValueError: an answer that is no JSON
        raise ProviderUnavailable(NAME) from error
