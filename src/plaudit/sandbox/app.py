"""The sandbox as an application, and the command that runs it."""

import asyncio
import base64
import logging
import os
import random
import secrets
import socket
from functools import cache
from pathlib import Path
from typing import Any

import click
import msgspec
import uvicorn
from litestar import Litestar, MediaType, Request, Response, get
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import Scope

from plaudit.clock import Clock, SystemClock
from plaudit.limits import SANDBOX_REQUEST_BYTES_MAX
from plaudit.listening import listen, url_of
from plaudit.problems import Problem
from plaudit.sandbox import checkout, mailbox, payouts, reversals, screening
from plaudit.sandbox.shared import Sandbox, SandboxConfig
from plaudit.sandbox.store import Store
from plaudit.sandbox.webhooks import Outbox
from plaudit.setting_kinds import public_address
from plaudit.settings import Settings, SettingsError

log = logging.getLogger(__name__)


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


class App:
    """A sandbox as an ASGI application. As long as its lifespan lasts its webhooks are sent, its timers ring, and mails
    are taken on the socket that is given for them."""

    def __init__(self, sandbox: Sandbox, mails: mailbox.Mailbox, mail_socket: socket.socket | None) -> None:
        self.sandbox = sandbox
        self._mailbox = mails
        self._mail_socket = mail_socket
        self._framework = _framework()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        scope["sandbox"], scope["mailbox"] = self.sandbox, self._mailbox
        await self._framework(scope, receive, send)

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        loop = asyncio.create_task(self.sandbox.run())
        async with self._mailbox.receiving(self._mail_socket):
            await send({"type": "lifespan.startup.complete"})
            await receive()
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
        self.sandbox.store.close()
        await send({"type": "lifespan.shutdown.complete"})


def create_app(config: SandboxConfig, clock: Clock | None = None, mail_socket: socket.socket | None = None) -> App:
    """The sandbox as an ASGI application; `mail_socket`: where it takes mails."""
    clock = clock or SystemClock()
    chaos = None if config.chaos_seed is None else random.Random(config.chaos_seed)  # noqa: S311 (it only shuffles)
    store = Store(config.data)
    outbox = Outbox(store, clock, config.webhook_secret, chaos, config.webhook_origin)
    timers = {**checkout.TIMERS, **reversals.TIMERS, **payouts.TIMERS, **screening.TIMERS}
    return App(Sandbox(config, store, outbox, clock, timers), mailbox.Mailbox(clock), mail_socket)


@cache
def _framework() -> Litestar:
    """The routes. Each request brings its sandbox, so that a process makes them once, whatever sandboxes it runs."""
    return Litestar(
        route_handlers=[
            health,
            *checkout.HANDLERS,
            *reversals.HANDLERS,
            *payouts.HANDLERS,
            *screening.HANDLERS,
            *mailbox.HANDLERS,
        ],
        dependencies={
            "sandbox": Provide(_sandbox, sync_to_thread=False),
            "mailbox": Provide(_mailbox, sync_to_thread=False),
        },
        exception_handlers={Exception: problem_answer},
        request_max_body_size=SANDBOX_REQUEST_BYTES_MAX,
        logging_config=None,
        openapi_config=None,
    )


def _sandbox(scope: Scope) -> Sandbox:
    found: Sandbox = scope["sandbox"]  # type: ignore[typeddict-item]  # written by the application
    return found


def _mailbox(scope: Scope) -> mailbox.Mailbox:
    found: mailbox.Mailbox = scope["mailbox"]  # type: ignore[typeddict-item]  # written by the application
    return found


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8100, show_default=True, help="Port to listen on; 0: any that is free.")
@click.option("--descriptor", type=int, help="A listening socket it inherits, instead of host and port.")
@click.option("--mail-descriptor", type=int, help="A listening socket it inherits, to take mails on. Without: none.")
@click.option("--data", type=click.Path(path_type=Path), default=Path("data/sandbox.sqlite"), show_default=True)
@click.option("--public-url", help="Where browsers reach the hosted pages.  [default: http://HOST:PORT]")
@click.option(
    "--webhook-origin", default="", help="Where its server is reached from here.  [default: its public address]"
)
@click.option("--chaos", is_flag=True, help="Send every webhook twice and out of order.")
@click.option("--seed", default=1, show_default=True, help="What chaos is drawn from.")
@click.option("--late-s", default=8, show_default=True, help="Seconds until a late payment is confirmed.")
@click.option("--after", type=int, help="A pipe it inherits: begin when its other end is closed.")
def sandbox(  # noqa: PLR0913 - the options of a command
    *,
    host: str,
    port: int,
    descriptor: int | None,
    mail_descriptor: int | None,
    data: Path,
    public_url: str | None,
    webhook_origin: str,
    chaos: bool,
    seed: int,
    late_s: int,
    after: int | None,
) -> None:
    """Run the pretend payment and payout provider.

    Its keys are PLAUDIT_SANDBOX_API_KEY and PLAUDIT_SANDBOX_WEBHOOK_SECRET, the same as of the server it works for.
    """
    settings = Settings.from_environment()
    if not settings.sandbox_api_key or not settings.sandbox_webhook_secret:
        raise SettingsError(
            "the sandbox needs PLAUDIT_SANDBOX_API_KEY and PLAUDIT_SANDBOX_WEBHOOK_SECRET, such as "
            f"{secrets.token_urlsafe(24)} and whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}"
        )
    listening = listen(host, port) if descriptor is None else socket.socket(fileno=descriptor)
    url = url_of(listening)
    config = SandboxConfig(
        data=data,
        public_url=(public_url or url).rstrip("/"),
        api_key=settings.sandbox_api_key,
        webhook_secret=settings.sandbox_webhook_secret,
        webhook_origin=_origin(webhook_origin),
        chaos_seed=seed if chaos else None,
        late_s=late_s,
    )
    if after is not None:
        os.read(after, 1)
    mails = None if mail_descriptor is None else socket.socket(fileno=mail_descriptor)
    server = _Server(uvicorn.Config(create_app(config, mail_socket=mails), log_level="warning", access_log=False), url)
    server.run(sockets=[listening])


class _Server(uvicorn.Server):
    """Says when requests are answered."""

    def __init__(self, config: uvicorn.Config, url: str) -> None:
        super().__init__(config)
        self._url = url

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        click.echo(f"The sandbox listens on {self._url}")
        click.echo(f"Its server needs PLAUDIT_SANDBOX_URL={self._url}, and the same two keys as the sandbox.")


def _origin(text: str) -> str:
    try:
        return public_address(text) if text else ""
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--webhook-origin") from None
