"""The command `plaudit erasures`."""

from pathlib import Path

import click

from plaudit.database_command import data_option, in_transaction
from plaudit.personal_data.erasing import list_done


@click.group()
def erasures() -> None:
    """Who was erased."""


@erasures.command("list")
@data_option
def list_command(data: Path | None) -> None:
    """A line for each: what a restore finds them by, and when. It names nobody; keep it beside each backup."""
    for line in in_transaction(data, list_done):
        click.echo(line)
