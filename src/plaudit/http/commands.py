"""The commands `plaudit serve`, `plaudit openapi` and `plaudit asyncapi`."""

import asyncio
import dataclasses
import os
import signal
import socket
from pathlib import Path
from urllib.parse import urlsplit

import click
import msgspec

from plaudit.boundary import excess_of_login
from plaudit.connections import APPLICATION_ROLE
from plaudit.database_command import one_line_if_not_prepared
from plaudit.db import Database
from plaudit.embedded import Logins, database_logins
from plaudit.http import server
from plaudit.http.assembly import framework
from plaudit.http.asyncapi import describe_socket
from plaudit.http.logs import configure_logging
from plaudit.http.openapi import describe
from plaudit.http.origins import warnings_of
from plaudit.http.workers import Workers
from plaudit.limits import WORKERS_MAX
from plaudit.listening import listen, url_of
from plaudit.readiness.summary import say_what_starts
from plaudit.schema.migrate import apply_to, left_behind_by, may_wait, pending_migrations
from plaudit.schema.privileges import privilege_repairs
from plaudit.settings import Settings, SetupError, variable_of
from plaudit.vault.rotation import open_vault


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8000, show_default=True, help="0: any that is free.")
@click.option("--workers", type=click.IntRange(1, WORKERS_MAX), default=1, show_default=True, help="Processes.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the embedded database and of keys.")
@click.option("--log-requests", is_flag=True, help="A line in the log for each request.")
def serve(host: str, port: int, workers: int, data: Path | None, *, log_requests: bool) -> None:
    """Run the API, the pages, the sockets and the deliverers.

    The embedded database is brought up to date by itself; one of your own by `plaudit migrate`.
    """
    signal.signal(signal.SIGTERM, _leave)
    settings = Settings.from_environment()
    configure_logging(settings.log_format)
    settings = dataclasses.replace(settings, data=data) if data else settings
    for warning in warnings_of(settings, host):
        click.echo(f"warning: {warning}", err=True)
    if settings.owner_database_url:
        click.echo(
            f"warning: {variable_of('owner_database_url')} is for `plaudit migrate`: keep it from here", err=True
        )
    with database_logins(settings) as logins:
        url = logins.application
        if workers > 1:
            several = Workers(workers, host, port, url, log_requests=log_requests)
            _get_ready(settings, data, logins, host)
            _say_where(several.url)
            several.run()
        else:
            listening = listen(host, port)
            address = url_of(listening)
            _get_ready(settings, data, logins, host)
            server.run(settings, url, listening, log_requests=log_requests, on_ready=lambda: _say_where(address))


def _get_ready(settings: Settings, data: Path | None, logins: Logins, host: str) -> None:
    """See that the database is ready, and say what starts: once the port is ours."""
    with one_line_if_not_prepared():
        asyncio.run(_prepare(logins, settings))
    asyncio.run(say_what_starts(settings, data, logins.application, host=host))


@click.command()
@click.argument("descriptor", type=int)
@click.option("--log-requests", is_flag=True)
@click.option("--after", type=int, help="A pipe it inherits: it makes ready, and begins when the other end is closed.")
@click.option("--jobs-after", type=int, help="A pipe it inherits: periodic work begins when its other end is closed.")
def serve_worker(descriptor: int, *, log_requests: bool, after: int | None, jobs_after: int | None) -> None:
    """One of the processes of `plaudit serve --workers`: serves on the listening socket it inherits."""
    settings = Settings.from_environment()
    configure_logging(settings.log_format)
    if after is not None:
        framework()
        os.read(after, 1)
    with socket.socket(fileno=descriptor) as listening:
        server.run(
            settings, settings.database_url.reveal(), listening, log_requests=log_requests, jobs_after=jobs_after
        )


def _leave(*_: object) -> None:
    """SIGTERM before the server runs: what was started is stopped on the way out."""
    raise SystemExit(0)


def _say_where(address: str) -> None:
    click.echo(f"Plaudit listens on {address}")


async def _prepare(logins: Logins, settings: Settings) -> None:
    """Bring an embedded database up to date; refuse another that is not. What may wait until old code is gone may.

    Raises:
        SetupError: migrations, privileges of the application, or the key of the vault are missing; or its login may do
            too much.
    """
    if not settings.database_url:
        await apply_to(logins.owner)
    async with Database(logins.application, connections=2) as database, database.read() as connection:
        if excess := await excess_of_login(connection):
            raise SetupError(excess)
        if missing := [name for name in await pending_migrations(connection) if not may_wait(name)]:
            lacks = "1 migration" if len(missing) == 1 else f"{len(missing)} migrations"
            raise SetupError(f"the database lacks {lacks}: run `plaudit migrate`")
        if newer := await left_behind_by(connection):
            raise SetupError(
                f"the database has {newer[0]} of a newer version, which took away what this one needs: "
                "serve that, or go back with a backup"
            )
        if lacking := [one for one in await privilege_repairs(connection) if one.startswith("GRANT")]:
            raise SetupError(f"the role {APPLICATION_ROLE} lacks {len(lacking)} privileges: run `plaudit migrate`")
        await open_vault(database, settings, [])


@click.command()
def asyncapi() -> None:
    """Print the description of the room socket."""
    description = describe_socket(urlsplit(Settings.from_environment().public_url).netloc)
    click.echo(msgspec.json.format(msgspec.json.encode(description), indent=2))


@click.command()
def openapi() -> None:
    """Print the description of the API."""
    description = describe(framework(), Settings.from_environment().public_url)
    click.echo(msgspec.json.format(msgspec.json.encode(description), indent=2))
