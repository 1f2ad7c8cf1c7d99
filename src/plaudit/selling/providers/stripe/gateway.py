"""The way to Stripe: its own client on threads of its own, typed answers, and errors in Plaudit's words."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any, Protocol, TypeVar

import msgspec
import stripe

from plaudit.limits import PROVIDER_CALLS_AT_ONCE, PROVIDER_TIMEOUT_S
from plaudit.problems import Problem
from plaudit.providers import ProviderRefused, ProviderUnavailable
from plaudit.selling.providers.stripe.limits import STRIPE_PAGE_LENGTH, STRIPE_PAGES_MAX
from plaudit.settings import Secret

API_VERSION = "2026-10-28.endive"  # what the objects are read as, whatever the account's own version
log = logging.getLogger(__name__)

_BUSY = frozenset({409, 429})  # 409: another call with the same key is under way

T = TypeVar("T", bound="_Identified")


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


class StripeGateway:
    """Calls of one Stripe account. Whoever makes it closes it."""

    def __init__(self, *, provider: str, key: Secret, url: str = "") -> None:
        self.provider = provider
        self.live = "_live_" in key.reveal()[:10]
        self._client = stripe.StripeClient(
            key.reveal(),
            stripe_version=API_VERSION,
            base_addresses={"api": url} if url else {},
            max_network_retries=0,  # the outermost caller tries again, with the same keys
            http_client=stripe.RequestsClient(timeout=PROVIDER_TIMEOUT_S),
        )
        # Threads of its own: a Stripe that hangs must not take those everybody else waits for.
        self._threads = ThreadPoolExecutor(PROVIDER_CALLS_AT_ONCE, thread_name_prefix=provider)

    async def ask(self, type_: type[T], call: Callable[[stripe.StripeClient], stripe.StripeObject]) -> T:
        """One call and its answer.

        Raises:
            ProviderUnavailable: no answer, not now, or none that can be read.
            ProviderRefused: Stripe will not.
        """
        return self._read(type_, await self._call(call))

    async def pages(
        self,
        type_: type[T],
        call: Callable[[stripe.StripeClient, Any], stripe.StripeObject],
        parameters: Mapping[str, Any],
    ) -> AsyncIterator[T]:
        """All objects of a list, page after page.

        Raises:
            ProviderUnavailable: as ask(); or the list has no end.
        """
        asked: dict[str, Any] = {**parameters, "limit": STRIPE_PAGE_LENGTH}
        for _ in range(STRIPE_PAGES_MAX):
            page = (await self._call(lambda client: call(client, asked))).to_dict()  # noqa: B023 (awaited at once)
            items = [self._read(type_, item) for item in page.get("data", [])]
            for item in items:
                yield item
            if not items or not page.get("has_more"):
                return
            asked = {**asked, "starting_after": items[-1].id}
        raise ProviderUnavailable(self.provider)

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _call(self, call: Callable[[stripe.StripeClient], stripe.StripeObject]) -> stripe.StripeObject:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, call, self._client)
        except stripe.StripeError as error:
            raise self._problem(error) from error

    def _read(self, type_: type[T], answer: stripe.StripeObject | dict[str, Any]) -> T:
        document = answer.to_dict() if isinstance(answer, stripe.StripeObject) else answer
        try:
            return msgspec.convert(document, type_)
        except msgspec.ValidationError as error:
            raise ProviderUnavailable(self.provider) from error

    def _problem(self, error: stripe.StripeError) -> Problem:
        """What an error means to the caller: its code, never its text, which may repeat what was sent."""
        status = error.http_status or 0
        unreadable = isinstance(error, stripe.APIError) and status < 400
        if isinstance(error, stripe.APIConnectionError) or unreadable or status >= 500 or status in _BUSY:
            return ProviderUnavailable(self.provider)
        if status == HTTPStatus.UNAUTHORIZED:  # about us, not about what was asked: that is still to be done
            log.error("Stripe does not accept the key of this server")
            return ProviderUnavailable(self.provider)
        details = error.error.to_dict() if error.error else {}
        named = (details.get("code") or details.get("type"), details.get("decline_code"), details.get("param"))
        return ProviderRefused(self.provider, " ".join([str(status), *(str(name) for name in named if name)]))
