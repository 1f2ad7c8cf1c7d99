"""The sandbox process: what its routers share, its background loop, and the command that runs it."""

import asyncio
import hmac
import logging
import random
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import httpx2
import msgspec
import uvicorn
from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Litestar, MediaType, Request, Response, get
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.exceptions.base_exceptions import LitestarDeprecationWarning
from litestar.handlers import BaseRouteHandler

from plaudit.clock import Clock, SystemClock
from plaudit.limits import SANDBOX_REQUEST_BYTES_MAX, SANDBOX_TICK_MS, SANDBOX_TIMERS_AT_ONCE
from plaudit.problems import InvalidField, Problem, Unauthenticated
from plaudit.sandbox.store import Store
from plaudit.sandbox.webhooks import Outbox, milliseconds
from plaudit.settings import Secret, Settings, SettingsError

log = logging.getLogger(__name__)
TEMPLATES = Environment(
    loader=PackageLoader("plaudit.sandbox"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, kw_only=True)
class SandboxConfig:
    """How one sandbox runs."""

    data: Path
    """The SQLite file."""
    public_url: str
    """Where buyers' browsers reach the hosted pages, without a slash at the end."""
    api_key: Secret
    webhook_secret: Secret
    chaos_seed: int | None = None
    """Send each webhook twice and out of order, drawn from this seed; None: once and in order."""
    late_s: int = 8
    """How long "confirms late" takes, and a payout."""


@dataclass
class Sandbox:
    """What the handlers share. `timers` maps the action of a timer to what it does with the object's id."""

    config: SandboxConfig
    store: Store
    outbox: Outbox
    clock: Clock
    timers: dict[str, Callable[[str], None]] = field(default_factory=dict)

    def at(self, delay_s: float, action: str, object_id: str) -> None:
        """Let an action happen to an object after a delay. Call it inside a transaction of the store."""
        self.store.write_timer(milliseconds(self.clock.now()) + int(delay_s * 1000), action, object_id)

    async def run(self) -> None:
        """Send due webhooks and let due timers ring, for ever."""
        async with httpx2.AsyncClient(follow_redirects=False) as client:
            while True:
                try:
                    self._ring()
                    await self.outbox.send_due(client)
                except Exception:  # one bad object must not stop the webhooks of all others
                    log.exception("the sandbox's loop goes on after an error")
                await asyncio.sleep(SANDBOX_TICK_MS / 1000)

    def _ring(self) -> None:
        for timer in self.store.due_timers(milliseconds(self.clock.now()), SANDBOX_TIMERS_AT_ONCE):
            with self.store.transaction():
                self.store.remove_timer(timer)
                self.timers[timer.action](timer.object_id)


def require_api_key(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard of the API: `Authorization: Bearer <key>`.

    Raises:
        Unauthenticated: no key, or another one.
    """
    sandbox: Sandbox = connection.app.state.sandbox
    scheme, _space, key = connection.headers.get("authorization", "").partition(" ")
    expected = sandbox.config.api_key.reveal()
    if scheme.lower() != "bearer" or not hmac.compare_digest(key.encode(), expected.encode()):
        raise Unauthenticated("The API key is missing or not the right one.")


def idempotency_key(request: Request[Any, Any, Any]) -> str:
    """The Idempotency-Key of a request that makes something.

    Raises:
        InvalidField: missing or too long.
    """
    key = request.headers.get("idempotency-key", "")
    if not 1 <= len(key) <= 200:
        raise InvalidField(field="Idempotency-Key", reason="must be a header of 1 to 200 characters")
    return key


def problem_answer(_: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Errors as RFC 9457."""
    if isinstance(error, Problem):
        document, status, headers = error.as_dict(), error.status, error.headers()
    elif isinstance(error, HTTPException):
        reason = error.extra or error.detail
        document = {"title": error.detail, "status": error.status_code, "code": "invalid_request", "reason": reason}
        status, headers = error.status_code, {}
    else:
        log.error("a request failed", exc_info=error)
        document, status, headers = {"title": "The sandbox failed.", "status": 500, "code": "failed"}, 500, {}
    return Response(
        msgspec.json.encode(document), status_code=status, headers=headers, media_type="application/problem+json"
    )


@get("/health", media_type=MediaType.TEXT, sync_to_thread=False)
def health() -> str:
    """Answers as soon as the sandbox does."""
    return "ok"


def create_app(config: SandboxConfig, clock: Clock | None = None) -> Litestar:
    """The sandbox as an ASGI application."""
    from plaudit.sandbox import checkout, payouts  # the routers know this module

    clock = clock or SystemClock()
    chaos = None if config.chaos_seed is None else random.Random(config.chaos_seed)  # noqa: S311 (it only shuffles)
    store = Store(config.data)
    sandbox = Sandbox(config, store, Outbox(store, clock, config.webhook_secret, chaos), clock)
    routers = [room.install(sandbox) for room in (checkout, payouts)]

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        loop = asyncio.create_task(sandbox.run())
        yield
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
        store.close()

    with warnings.catch_warnings():
        # What Litestar 3 will want written differently; the dependency is held below 3.
        warnings.filterwarnings("ignore", category=LitestarDeprecationWarning)
        return Litestar(
            route_handlers=[health, *routers],
            dependencies={"sandbox": Provide(lambda: sandbox, sync_to_thread=False)},
            exception_handlers={Exception: problem_answer},
            lifespan=[lifespan],
            state=State({"sandbox": sandbox}),
            request_max_body_size=SANDBOX_REQUEST_BYTES_MAX,
            openapi_config=None,
        )


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8100, show_default=True, help="Port to listen on.")
@click.option("--data", type=click.Path(path_type=Path), default=Path("data/sandbox.sqlite"), show_default=True)
@click.option("--public-url", help="Where browsers reach the hosted pages.  [default: http://HOST:PORT]")
@click.option("--chaos", is_flag=True, help="Send every webhook twice and out of order.")
@click.option("--seed", default=1, show_default=True, help="What chaos is drawn from.")
@click.option("--late-s", default=8, show_default=True, help="Seconds until a late payment is confirmed.")
def sandbox(*, host: str, port: int, data: Path, public_url: str | None, chaos: bool, seed: int, late_s: int) -> None:
    """Run the pretend payment and payout provider.

    Its keys are PLAUDIT_SANDBOX_API_KEY and PLAUDIT_SANDBOX_WEBHOOK_SECRET, the same as of the server it works for.
    """
    settings = Settings.from_environment()
    if not settings.sandbox_api_key or not settings.sandbox_webhook_secret:
        raise SettingsError("the sandbox needs PLAUDIT_SANDBOX_API_KEY and PLAUDIT_SANDBOX_WEBHOOK_SECRET")
    config = SandboxConfig(
        data=data,
        public_url=(public_url or f"http://{host}:{port}").rstrip("/"),
        api_key=settings.sandbox_api_key,
        webhook_secret=settings.sandbox_webhook_secret,
        chaos_seed=seed if chaos else None,
        late_s=late_s,
    )
    uvicorn.run(create_app(config), host=host, port=port, log_level="warning", access_log=False)
