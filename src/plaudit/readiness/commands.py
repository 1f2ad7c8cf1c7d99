"""The commands `plaudit check` and `plaudit backup`."""

import asyncio
from datetime import datetime
from pathlib import Path

import click
import msgspec

from plaudit.clock import SystemClock
from plaudit.database_command import data_option, in_transaction
from plaudit.embedded import database_url
from plaudit.limits import BACKUP_NOTE_LENGTH_MAX
from plaudit.readiness.model import Report
from plaudit.readiness.report import as_text
from plaudit.readiness.restored import MOMENT
from plaudit.readiness.running import look
from plaudit.readiness.standing import grounds_of_command
from plaudit.settings import Settings
from plaudit.statements import statements

SQL = statements(__file__)

_CLOCK = SystemClock()


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--strict", is_flag=True, help="Exit status 1 too for what only wants attention.")
@click.option("--offline", is_flag=True, help="Ask no provider, no platform and not the public address.")
@data_option
def check(data: Path | None, *, as_json: bool, strict: bool, offline: bool) -> int:
    """Say whether this installation can sell, and what mends each thing that is not right.

    Exit status 1 when something blocks.
    """
    with database_url(Settings.from_environment(), data, share=True) as url:
        report = asyncio.run(_look(data, url, slow_too=not offline))
    if as_json:
        document = {"ready": report.is_ready, "checks": report.results}
        click.echo(msgspec.json.format(msgspec.json.encode(document)))
    else:
        click.echo(as_text(report))
    return 0 if report.is_ready and not (strict and report.open) else 1


async def _look(data: Path | None, url: str, *, slow_too: bool) -> Report:
    async with grounds_of_command(data, url, _CLOCK) as grounds:
        return await look(grounds, slow_too=slow_too)


def _short(ctx: click.Context, param: click.Parameter, value: str) -> str:
    if len(value) > BACKUP_NOTE_LENGTH_MAX:
        raise click.BadParameter(f"has more than {BACKUP_NOTE_LENGTH_MAX} characters", ctx, param)
    return value


@click.group()
def backup() -> None:
    """Say that a backup was taken, or tried, for what watches over their age."""


@backup.command()
@click.option(
    "--at",
    "at",
    type=MOMENT,
    metavar="TIME",
    help="When it began, with its offset: 2026-12-01T03:00+01:00. Without it, now.",
)
@click.option("--note", default="", callback=_short, help="Where it lies, for whoever needs it.")
@data_option
def taken(at: datetime | None, note: str, data: Path | None) -> None:
    """Note a backup that is complete. For the end of the script that takes it."""
    now = _CLOCK.now()
    began = at or now
    in_transaction(data, lambda connection: connection.execute(SQL["note_backup"], began, now, note))
    click.echo(f"noted: a backup of {began:%Y-%m-%d %H:%M} UTC")


@backup.command()
@click.option("--note", default="", callback=_short, help="How it went, and how long it took.")
@data_option
def tried(note: str, data: Path | None) -> None:
    """Note that somebody came back from a backup, and the books balanced. For the end of a drill."""
    now = _CLOCK.now()
    in_transaction(data, lambda connection: connection.execute(SQL["note_trial"], now, note))
    click.echo(f"noted: a drill of {now:%Y-%m-%d %H:%M} UTC")
