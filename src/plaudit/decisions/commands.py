"""The command `plaudit bound`: how far the installation lets bounds of decisions go, said by who owns the tables."""

from pathlib import Path

import click

from plaudit.database_command import CLOCK, data_option, in_transaction
from plaudit.decisions import bounds
from plaudit.limits import NOTE_LENGTH_MAX
from plaudit.problems import InvalidField


@click.group()
def bound() -> None:
    """Say how far bounds of decisions may go."""


@bound.command("list")
@data_option
def show(data: Path | None) -> None:
    """List the bounds, what holds of each, and how far it may go whoever decides."""
    for one in in_transaction(data, bounds.list_bounds):
        click.echo(f"{one.name}  {one.value}  at most to {one.widest}")


@bound.command("widest")
@click.argument("name")
@click.argument("value", type=click.IntRange(0, 2**53))
@click.option("--note", required=True, help="Why.")
@data_option
def widest(name: str, value: int, note: str, data: Path | None) -> None:
    """Say how far a bound may go, whoever decides: the least of a lead time or window, the most of any other.

    Holds at once. For the login that owns the tables.
    """
    if not note.strip() or len(note) > NOTE_LENGTH_MAX:
        raise click.BadParameter(f"must say why, in at most {NOTE_LENGTH_MAX} characters", param_hint="--note")
    try:
        in_transaction(data, lambda connection: bounds.set_widest(connection, CLOCK, name, value, note), owner=True)
    except InvalidField as error:
        raise click.BadParameter(error.fields["reason"], param_hint="name") from error
    click.echo(f"{name} goes to {value} at most")
