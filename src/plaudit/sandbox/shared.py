"""What the routers of the sandbox share: its configuration, store, outbox and timers, its pages, and who may call."""

import asyncio
import hmac
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import MediaType, Request, Response
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from plaudit.clock import Clock
from plaudit.limits import SANDBOX_TICK_MS, SANDBOX_TIMERS_AT_ONCE
from plaudit.outgoing import tls_context
from plaudit.problems import InvalidField, Unauthenticated
from plaudit.sandbox.store import Store
from plaudit.sandbox.webhooks import Outbox, milliseconds
from plaudit.sandbox.words import Words
from plaudit.settings import Secret

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
    webhook_origin: str = ""
    """Where webhooks go instead of the origin their receiver named; empty: there."""
    chaos_seed: int | None = None
    """Send each webhook twice and out of order, drawn from this seed; None: once and in order."""
    late_s: int = 8
    """How long "confirms late" takes, and a payout."""


@dataclass
class Sandbox:
    """What the handlers share."""

    config: SandboxConfig
    store: Store
    outbox: Outbox
    clock: Clock
    timers: "Timers"

    def at(self, delay_s: float, action: str, object_id: str) -> None:
        """Let an action happen to an object after a delay. Call it inside a transaction of the store."""
        self.store.write_timer(milliseconds(self.clock.now()) + int(delay_s * 1000), action, object_id)

    async def run(self) -> None:
        """Send due webhooks and let due timers ring, for ever."""
        async with httpx2.AsyncClient(verify=tls_context(), follow_redirects=False) as client:
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
                self.timers[timer.action](self, timer.object_id)


Timers = Mapping[str, Callable[[Sandbox, str], None]]
"""What the action of a timer does to the object of an id."""


def page(template: str, words: Words, status: int = 200, **values: Any) -> Response[str]:
    """A page that loads nothing and runs no script. Where its form leads is left open: back to the shop, which may send
    people on to sign in elsewhere, and a browser would count that too."""
    nonce = secrets.token_urlsafe(12)
    html = TEMPLATES.get_template(template).render(values, nonce=nonce, words=words)
    allowed = f"style-src 'nonce-{nonce}'; img-src data:; frame-ancestors 'none'"
    policy = f"default-src 'none'; {allowed}"
    headers = {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
    return Response(html, status_code=status, headers=headers, media_type=MediaType.HTML)


def require_api_key(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard of the API: `Authorization: Bearer <key>`.

    Raises:
        Unauthenticated: no key, or another one.
    """
    sandbox: Sandbox = connection.scope["sandbox"]  # type: ignore[typeddict-item]  # written by the application
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
