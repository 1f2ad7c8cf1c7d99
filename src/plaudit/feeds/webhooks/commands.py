"""The command `plaudit webhook`."""

from pathlib import Path
from uuid import UUID

import click

from plaudit.connections import Connection
from plaudit.database_command import CLOCK, data_option, in_transaction, on_database
from plaudit.db import Database
from plaudit.feeds.webhooks import actions
from plaudit.feeds.webhooks.model import Endpoint, NewEndpoint, Try
from plaudit.feeds.webhooks.sending import Dispatcher, is_success
from plaudit.ids import new_id
from plaudit.limits import WEBHOOK_ENDPOINTS_MAX, WEBHOOK_SECRET_OLD_H, WEBHOOK_SECRET_OLD_H_MAX
from plaudit.pages import BEGINNING
from plaudit.settings import Settings

_ENDPOINT = click.argument("endpoint", type=click.UUID)


@click.group()
def webhook() -> None:
    """Say where events are told to, and try it."""


@webhook.command("add")
@click.argument("url")
@click.option("--kind", "kinds", multiple=True, help="A type of event; may be given several times.")
@click.option("--platform", help="Only of people of this issuer.")
@click.option("--description", default="", help="For who looks here later.")
@data_option
def add(url: str, kinds: tuple[str, ...], platform: str | None, description: str, data: Path | None) -> None:
    """Tell URL what happens from now on; prints its id and the secret, which cannot be shown again."""
    settings = Settings.from_environment()
    new = NewEndpoint(new_id(CLOCK), url, description, list(kinds), platform)
    made, secret = in_transaction(data, lambda connection: actions.create(connection, CLOCK, settings, new, None))
    click.echo(f"{made.id}\n{secret}")


@webhook.command("list")
@data_option
def list_all(data: Path | None) -> None:
    """Show all endpoints, and how they fare."""
    for one in in_transaction(
        data, lambda connection: actions.list_endpoints(connection, BEGINNING, WEBHOOK_ENDPOINTS_MAX)
    ):
        click.echo(_line(one))


def _line(one: Endpoint) -> str:
    state = f"paused ({one.pause_reason})" if one.paused_at else "failing" if one.failing_since else "active"
    return f"{one.id}  {one.url}  {state}  {one.waiting} waiting  {one.parked} parked"


@webhook.command("test")
@_ENDPOINT
@data_option
def test(endpoint: UUID, data: Path | None) -> None:
    """Send a test event to ENDPOINT now. Status 1: it was not accepted."""
    settings = Settings.from_environment()

    async def work(database: Database) -> Try:
        dispatcher = Dispatcher(database, CLOCK, settings)
        try:
            return await dispatcher.test(endpoint)
        finally:
            await dispatcher.close()

    tried = on_database(data, work, settings=settings)
    click.echo(f"{tried.status or tried.error}  {tried.duration_ms} ms  {tried.answer}".rstrip())
    if not is_success(tried):
        raise SystemExit(1)


@webhook.command("rotate")
@_ENDPOINT
@click.option(
    "--old-valid-hours",
    type=click.IntRange(0, WEBHOOK_SECRET_OLD_H_MAX),
    default=WEBHOOK_SECRET_OLD_H,
    show_default=True,
    help="How long the secret before is still signed with.",
)
@data_option
def rotate(endpoint: UUID, old_valid_hours: int, data: Path | None) -> None:
    """Make a new secret for ENDPOINT and print it: it cannot be shown again."""
    settings = Settings.from_environment()

    async def work(connection: Connection) -> str:
        return await actions.rotate(connection, CLOCK, settings, endpoint, old_valid_hours)

    click.echo(in_transaction(data, work))


@webhook.command("pause")
@_ENDPOINT
@data_option
def pause(endpoint: UUID, data: Path | None) -> None:
    """Tell ENDPOINT nothing until it is resumed; events wait."""
    click.echo(_line(in_transaction(data, lambda connection: actions.pause(connection, CLOCK, endpoint))))


@webhook.command("resume")
@_ENDPOINT
@data_option
def resume(endpoint: UUID, data: Path | None) -> None:
    """Go on telling ENDPOINT; what waits is tried at once."""
    click.echo(_line(in_transaction(data, lambda connection: actions.resume(connection, CLOCK, endpoint))))


@webhook.command("replay")
@_ENDPOINT
@click.argument("after", type=click.IntRange(0, 2**63 - 1))
@data_option
def replay(endpoint: UUID, after: int, data: Path | None) -> None:
    """Tell ENDPOINT again all events whose sequence is larger than AFTER."""
    click.echo(_line(in_transaction(data, lambda connection: actions.replay(connection, endpoint, after))))


@webhook.command("remove")
@_ENDPOINT
@data_option
def remove(endpoint: UUID, data: Path | None) -> None:
    """Tell ENDPOINT nothing any more, for good."""
    in_transaction(data, lambda connection: actions.remove(connection, CLOCK, endpoint))
    click.echo(f"removed: {endpoint}")
