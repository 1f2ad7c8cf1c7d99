"""Somebody's way to the public API, like anybody else's: a token, retries by the same id, problems as errors."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx2
import msgspec

from plaudit.clock import Clock
from plaudit.demo.cast import Character
from plaudit.people.development import DevelopmentIssuer

ATTEMPTS_MAX = 30
_PAUSE_S_MAX = 5.0
_TOKEN_LIFETIME = timedelta(hours=12)
_TOKEN_RENEWED_AFTER = timedelta(hours=10)
_COME_AGAIN = frozenset({429, 502, 503, 504})


class Refused(Exception):
    """The API answered with a problem."""

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(document.get("code", ""))
        self.fields = dict(document)
        super().__init__(f"{status} {self.code}: {document.get('detail') or document.get('title', '')}")


class Speaker:
    """Calls the API. Repeats a request that got no answer: ids in the body make it happen once."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self._http = http

    @property
    def token(self) -> str:
        """What shows who is speaking."""
        raise NotImplementedError

    async def get(self, path: str, **query: str | int) -> Any:
        """The answer of a GET, decoded.

        Raises:
            Refused: the API answers with a problem.
            httpx2.TransportError: it does not answer at all, ATTEMPTS_MAX times.
        """
        return await self._call(lambda headers: self._http.get(path, params=query, headers=headers))

    async def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The answer of a POST, decoded; raises like `get`."""
        return await self._send("POST", path, body)

    async def put(self, path: str, body: Mapping[str, Any]) -> Any:
        """The answer of a PUT, decoded; raises like `get`."""
        return await self._send("PUT", path, body)

    async def _send(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        content = None if body is None else msgspec.json.encode(body)
        kind = {} if body is None else {"Content-Type": "application/json"}
        return await self._call(
            lambda headers: self._http.request(method, path, content=content, headers={**headers, **kind})
        )

    async def _call(self, send: Callable[[dict[str, str]], Any]) -> Any:
        for attempt in range(1, ATTEMPTS_MAX + 1):
            try:
                answer = await send({"Authorization": f"Bearer {self.token}"})
                if answer.status_code not in _COME_AGAIN or attempt == ATTEMPTS_MAX:
                    return _decoded(answer)
            except httpx2.TransportError:
                if attempt == ATTEMPTS_MAX:
                    raise
            await asyncio.sleep(min(0.2 * 2**attempt, _PAUSE_S_MAX))
        raise AssertionError("the last attempt answers or raises")


class Client(Speaker):
    """One person."""

    def __init__(self, http: httpx2.AsyncClient, who: Character, issuer: DevelopmentIssuer, clock: Clock) -> None:
        super().__init__(http)
        self.who = who
        self._issuer = issuer
        self._clock = clock
        self._token = ""
        self._minted_at: datetime | None = None

    @property
    def token(self) -> str:
        """A token that is good for some hours more."""
        now = self._clock.now()
        if self._minted_at is None or now - self._minted_at > _TOKEN_RENEWED_AFTER:
            who = self.who
            self._token = self._issuer.mint(
                who.subject, who.roles, self._clock, lifetime=_TOKEN_LIFETIME, claims=who.claims
            )
            self._minted_at = now
        return self._token


class Server(Speaker):
    """The server of the platform, by its key."""

    def __init__(self, http: httpx2.AsyncClient, key: str) -> None:
        super().__init__(http)
        self._key = key

    @property
    def token(self) -> str:
        return self._key


def _decoded(answer: httpx2.Response) -> Any:
    body = msgspec.json.decode(answer.content) if "json" in answer.headers.get("content-type", "") else None
    if not answer.is_success:
        raise Refused(answer.status_code, body if isinstance(body, dict) else {})
    return body
