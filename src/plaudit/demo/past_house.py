"""The server and the provider as they were weeks ago: the real ones, in this process, with a clock of that time."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import uvicorn

from plaudit.clock import ManualClock
from plaudit.demo.cast import Character
from plaudit.demo.client import Client, Server
from plaudit.demo.keys import SANDBOX_FILE, DemoKeys
from plaudit.http.assembly import create_app
from plaudit.http.house import House, open_house
from plaudit.ids import new_id
from plaudit.outgoing import tls_context
from plaudit.people.development import DevelopmentIssuer
from plaudit.sandbox.app import create_app as create_sandbox
from plaudit.sandbox.shared import Sandbox, SandboxConfig
from plaudit.settings import Settings
from plaudit.statements import statements

SQL = statements(__file__)

_TICK = timedelta(milliseconds=160)  # of the past, each time somebody looks at the clock
_DELIVERY_POLL_S = 0.005


class FlowingClock(ManualClock):
    """A clock on which a moment passes whenever somebody looks: nothing happens at the same time as anything else."""

    def now(self) -> datetime:
        self.advance(_TICK)
        return super().now()

    def go_to(self, moment: datetime) -> None:
        """Let time pass until a moment; one that has passed is no reason to go back."""
        self.advance(max(moment - super().now(), timedelta()))


@dataclass
class PastHouse:
    """An open house of the past. Buyers reach it by its API and the provider by its pages, as they do today."""

    house: House
    clock: FlowingClock
    settings: Settings
    data: Path
    sandbox: Sandbox
    browser: httpx2.AsyncClient
    """To the provider."""
    _http: httpx2.AsyncClient
    _issuer: DevelopmentIssuer
    _sending: asyncio.Lock = field(default_factory=asyncio.Lock)
    _clients: dict[str, Client] = field(default_factory=dict)

    def client(self, who: Character) -> Client:
        """Somebody's way to the API."""
        if who.subject not in self._clients:
            self._clients[who.subject] = Client(self._http, who, self._issuer, self.clock)
        return self._clients[who.subject]

    def server(self) -> Server:
        """The platform's server."""
        key = DemoKeys.of(self.data).server_key
        assert key is not None  # there since the database was prepared
        return Server(self._http, key)

    async def tell(self) -> None:
        """Let the provider's messages arrive, and those that follow from them."""
        async with self._sending:
            while await self.sandbox.outbox.send_due(self._http):
                pass

    async def ask_provider(self, path: str, **body: Any) -> Any:
        """What somebody does at the provider's desk; its answer."""
        key = str(new_id(self.clock))
        headers = {"Authorization": f"Bearer {self.settings.sandbox_api_key.reveal()}", "Idempotency-Key": key}
        answer = await self.browser.post(f"{self.settings.sandbox_url}/v1{path}", json=body, headers=headers)
        answer.raise_for_status()
        await self.tell()
        return answer.json()

    async def delivered(self) -> None:
        """Wait until all gifts are on the creators' side."""
        async with self.house.database.read() as connection:
            while await connection.fetchval(SQL["has_undelivered"]):  # noqa: ASYNC110 - the state is the database's
                await asyncio.sleep(_DELIVERY_POLL_S)


@asynccontextmanager
async def open_past(
    settings: Settings, data: Path, listening: socket.socket, began_at: datetime
) -> AsyncIterator[PastHouse]:
    """Open the house, and the provider on its socket, at a moment of the past.

    The provider's messages go to this house without a socket: at the address they name the server of today answers.
    A crash of the machine may take the last moments of the past with it.
    """
    clock = FlowingClock(began_at)
    config = SandboxConfig(
        data=data / SANDBOX_FILE,
        public_url=settings.sandbox_url,
        api_key=settings.sandbox_api_key,
        webhook_secret=settings.sandbox_webhook_secret,
    )
    provider = create_sandbox(config, clock)
    try:
        async with (
            open_house(settings, _quick(settings.database_url.reveal()), clock=clock, with_jobs=False) as house,
            _serving(provider, listening),
            httpx2.AsyncClient(transport=_directly(house), base_url=settings.public_url) as http,
            httpx2.AsyncClient(verify=tls_context()) as browser,
        ):
            issuer = DevelopmentIssuer.of(data)
            yield PastHouse(house, clock, settings, data, provider.sandbox, browser, http, issuer)
    finally:
        provider.sandbox.store.close()


def _directly(house: House) -> httpx2.ASGITransport:
    application: Any = create_app(house)  # the same protocol, in the words of two libraries
    return httpx2.ASGITransport(application)


def _quick(database_url: str) -> str:
    """Commits that do not wait for the disk."""
    return f"{database_url}{'&' if '?' in database_url else '?'}synchronous_commit=off"


class _Server(uvicorn.Server):
    """Leaves the signals of the process to whoever plays the past."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def _serving(application: Any, listening: socket.socket) -> AsyncIterator[None]:
    """The provider on its socket. Without its lifespan: whoever plays the past sends its messages."""
    server = _Server(uvicorn.Config(application, lifespan="off", log_config=None, access_log=False))
    running = asyncio.create_task(server.serve([listening]))
    try:
        yield
    finally:
        server.should_exit = True
        await running
