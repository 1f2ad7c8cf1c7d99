"""The command `plaudit trail`."""

import base64
import sys
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

import click
import msgspec

from plaudit.acts import Actor
from plaudit.connections import Connection
from plaudit.database_command import CLOCK, data_option, in_transaction, on_database
from plaudit.db import Database
from plaudit.limits import PAGE_LENGTH_DEFAULT, PAGE_LENGTH_MAX
from plaudit.settings import Settings, SetupError
from plaudit.trail import heads, reading
from plaudit.trail.model import KeptAct
from plaudit.trail.reading import Search
from plaudit.trail.sealing import seal_all
from plaudit.trail.signing import make_key, signing_key


@click.group()
def trail() -> None:
    """Who did what: search, export, and signed heads of all chains."""


@trail.command("list")
@click.option("--actor", type=click.Choice([one.value for one in Actor]), help="Only of such.")
@click.option("--operation", help="Of the API, such as ApprovePayout, of a page, or a command.")
@click.option("--about", help="An id that it is about.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="The first day, in UTC.")
@click.option("--limit", type=click.IntRange(1, PAGE_LENGTH_MAX), default=PAGE_LENGTH_DEFAULT, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each act, as it is sealed.")
@data_option
def list_command(
    actor: str | None,
    operation: str | None,
    about: str | None,
    since: datetime | None,
    limit: int,
    data: Path | None,
    *,
    as_json: bool,
) -> None:
    """Print acts, the newest first."""
    wanted = Search(
        actor=Actor(actor) if actor else None,
        operation=operation,
        about=about,
        since=since.replace(tzinfo=CLOCK.now().tzinfo) if since else None,
    )

    async def work(connection: Connection) -> list[KeptAct]:
        return await reading.find(connection, wanted, None, limit)

    for one in in_transaction(data, work):
        click.echo(one.record if as_json else _line(one))


def _line(kept: KeptAct) -> str:
    act = kept.act
    who = {
        Actor.COMMAND: f"{act.command.user}@{act.command.host}" if act.command else "",
        Actor.KEY: f"key {act.key_id}" + (f" for person {act.person_id}" if act.person_id else ""),
    }.get(act.actor, f"person {act.person_id}" if act.person_id else act.actor.value)
    outcome = act.outcome + (f" ({act.problem})" if act.problem else "") + (f" × {act.times}" if act.times > 1 else "")
    place = "" if kept.position is None else str(kept.position)
    line = f"{place:>8}  {act.at:%Y-%m-%d %H:%M:%S}  {who:24}  {act.operation:28}  {outcome:20}  {act.about or ''}"
    return line.rstrip()


@trail.command("export")
@click.option("--after", type=click.IntRange(0), default=0, help="Only acts after this position.")
@data_option
def export(after: int, data: Path | None) -> None:
    """Print the chain of the trail, a line of JSON for each act, for `plaudit verify`."""
    _print(data, lambda database: reading.chain(database, after))


@trail.command("books")
@data_option
def books(data: Path | None) -> None:
    """Print the chains of the books, a line of JSON for each delivery with its gifts, for `plaudit verify`."""
    _print(data, reading.deliveries)


def _print(data: Path | None, pieces: Callable[[Database], AsyncIterator[bytes]]) -> None:
    async def work(database: Database) -> None:
        await seal_all(database)
        async for piece in pieces(database):
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()

    on_database(data, work)


@trail.command("key")
def key_command() -> None:
    """Make the key that signs heads, in the data folder, and print its public half for others to keep."""
    made, file = make_key(Settings.from_environment())
    click.echo(f"kept in {file}: back it up apart from the database")
    click.echo(f"public key {base64.b64encode(made.public).decode()}, called {made.key_id}")


@trail.command("sign")
@data_option
def sign(data: Path | None) -> None:
    """Sign now how far all chains go, beside the head of each day, and print it."""
    settings = Settings.from_environment()
    key = signing_key(settings)
    if key is None:
        raise SetupError("there is no key that signs heads: run `plaudit trail key`")
    head = on_database(data, lambda database: heads.sign(database, key, settings, CLOCK), settings=settings)
    assert head is not None
    document = msgspec.json.decode(head.document)
    click.echo(f"head {head.number} of {document['at']}: act {document['trail']['position']}, signed by {head.key_id}")
