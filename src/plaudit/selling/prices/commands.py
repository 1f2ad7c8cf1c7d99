"""The command `plaudit prices`: price books as files, for those who keep them beside their code."""

from datetime import UTC, datetime
from pathlib import Path
from typing import IO, NamedTuple, TypeVar

import click

from plaudit.connections import Connection
from plaudit.database_command import CLOCK, in_transaction
from plaudit.decisions.model import Decision
from plaudit.ids import new_id
from plaudit.limits import MOMENT_YEAR_MAX, PAGE_LENGTH_DEFAULT
from plaudit.moments import is_within
from plaudit.people.access import fits_staff
from plaudit.people.model import Role, roles_here
from plaudit.people.roles import list_grants
from plaudit.problems import NotFound
from plaudit.selling.prices import actions
from plaudit.selling.prices.book_file import read_text
from plaudit.selling.prices.book_text import write_text
from plaudit.selling.prices.decisions import PRICE_BOOK, book_or_ask
from plaudit.selling.prices.lint import refusals
from plaudit.selling.prices.model import BookNotReadable, BookRefused, Finding, NewDraft, Version
from plaudit.selling.prices.pricing import PriceBook
from plaudit.selling.prices.shelf import read_book
from plaudit.settings import Settings, SetupError

T = TypeVar("T")

_DATA = click.option("--data", type=click.Path(path_type=Path), help="The folder of the embedded database.")
_FILE = click.argument("file", type=click.File(encoding="utf-8"))
_AT = click.option(
    "--at", "at", metavar="TIME", help="From when it holds, with its offset: 2026-12-01T00:00+01:00. Without it, now."
)


@click.group()
def prices() -> None:
    """Export, import, lint, publish and list price books."""


@prices.command("export")
@click.argument("version", type=click.IntRange(min=1), required=False)
@click.option("--today", is_flag=True, help="What the installed rates and taxes make today, instead of a version.")
@_DATA
def export(version: int | None, data: Path | None, *, today: bool) -> None:
    """Print VERSION as TOML; without it, the version that holds now."""

    async def work(connection: Connection) -> PriceBook:
        if today:
            return await actions.today(connection, CLOCK)
        if version is not None:
            return await read_book(connection, version)
        current = await actions.book_in_force(connection, CLOCK.now())
        if current is None:
            raise NotFound("No price book holds now; `plaudit prices export --today` makes one.")
        return current

    click.echo(write_text(in_transaction(data, work)), nl=False)


@prices.command("import")
@_FILE
@click.option("--name", required=True, help="The name of the draft.")
@_DATA
def import_(file: IO[str], name: str, data: Path | None) -> int:
    """Make a draft of FILE, for operators to look at. Exit status 1 when it could not be published."""
    text = file.read()
    _read(text, None)
    draft_id = new_id(CLOCK)

    async def work(connection: Connection) -> None:
        await actions.make_draft(connection, NewDraft(id=draft_id, name=name, toml=text), None, CLOCK)

    in_transaction(data, work)
    click.echo(f"draft {draft_id}")
    return 0


@prices.command("lint")
@_FILE
@_AT
@_DATA
def lint(file: IO[str], at: str | None, data: Path | None) -> int:
    """Say what is wrong with FILE, held against what was published. Exit status 1 when it could not be published."""
    book, settings = _read(file.read(), at), Settings.from_environment()
    found = in_transaction(data, lambda connection: actions.look_at(connection, book, settings, CLOCK.now()))
    _show(found)
    if not found:
        click.echo("nothing found")
    return 1 if refusals(found) else 0


@prices.command("publish")
@_FILE
@_AT
@click.option("--by", type=click.IntRange(min=1), help="In which operator's name, where there are several.")
@_DATA
def publish(file: IO[str], at: str | None, by: int | None, data: Path | None) -> int:
    """Propose FILE as the next version, for another operator to confirm; where one decides alone, publish it."""
    book, settings = _read(file.read(), at), Settings.from_environment()
    effective_at = book.effective_at if at else None

    async def work(connection: Connection) -> Version | Decision:
        operator_id = await _operator(connection, by)
        return await book_or_ask(connection, CLOCK, _House(settings), book, effective_at, operator_id)

    try:
        asked = in_transaction(data, work)
    except BookRefused as refused:
        _show(refused.findings)
        return 1
    if isinstance(asked, Decision):
        click.echo(f"proposed: decision {asked.id} waits for another operator, at /operator/decisions/{asked.id}")
    else:
        click.echo(f"version {asked.version} {asked.state}, holds from {_time(asked.effective_at)}")
    return 0


class _House(NamedTuple):
    """What of a process decides here."""

    settings: Settings


async def _operator(connection: Connection, wanted: int | None) -> int:
    """In whose name prices are published: an operator who was made one here; without a wish, the only one.

    Raises:
        SetupError: there is no such operator, or several and none is named.
    """
    given: dict[int, set[Role]] = {}
    for grant in await list_grants(connection):
        given.setdefault(grant.person_id, set()).add(grant.role)
    able = [
        one for one, held in given.items() if fits_staff(PRICE_BOOK.access, roles_here((), held, None), reading=False)
    ]
    if wanted in able:
        return wanted
    if wanted is None and len(able) == 1:
        return able[0]
    raise SetupError("say in which operator's name, --by PERSON: `plaudit operator list` shows who may publish prices")


@prices.command("list")
@_DATA
def list_(data: Path | None) -> None:
    """The newest versions, one a line."""
    now = CLOCK.now()
    found = in_transaction(data, lambda connection: actions.list_versions(connection, None, PAGE_LENGTH_DEFAULT, now))
    for version in found:
        click.echo(f"{version.version:>6}  {version.state:<10} {_time(version.effective_at)}  {version.note}")


def _read(text: str, at: str | None) -> PriceBook:
    """The book of a file.

    Raises:
        SetupError: the file is no price book, or the time none to publish at; one line for each place.
    """
    now = CLOCK.now()
    try:
        effective_at = datetime.fromisoformat(at) if at else now
    except ValueError:
        raise SetupError(f"--at is no time: {at}") from None
    if effective_at.tzinfo is None or effective_at < now or not is_within(effective_at):
        raise SetupError(
            f"--at must name its offset from UTC, not lie in the past, and be before {MOMENT_YEAR_MAX + 1}"
        )
    try:
        return read_text(text, 0, effective_at.astimezone(UTC))
    except BookNotReadable as error:
        raise SetupError("\n".join(f"{path} {reason}" for path, reason in error.errors)) from None


def _show(found: list[Finding]) -> None:
    for finding in found:
        click.echo(f"{finding.severity}  {finding.code}  {finding.path}  {finding.text}")


def _time(value: datetime) -> str:
    return f"{value:%Y-%m-%d %H:%M} UTC"
