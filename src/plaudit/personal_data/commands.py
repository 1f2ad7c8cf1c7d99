"""The commands `plaudit erasures` and `plaudit person`."""

from pathlib import Path

import click

from plaudit.connections import Connection
from plaudit.database_command import CLOCK, data_option, in_transaction
from plaudit.people.issuers import require_issuer
from plaudit.personal_data import merging
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


@click.group()
def person() -> None:
    """Say what somebody's platform calls them now."""


@person.command("rename")
@click.argument("issuer")
@click.argument("former")
@click.argument("subject")
@data_option
def rename(issuer: str, former: str, subject: str, data: Path | None) -> None:
    """Have whoever comes as SUBJECT of ISSUER be whom FORMER was: operators too, and whatever they have.

    For the login that owns the tables; a platform's server does it for people who have little.
    """

    async def work(connection: Connection) -> int:
        platform = await require_issuer(connection, issuer)
        return (await merging.rename_as_owner(connection, CLOCK, platform.id, former, subject)).person_id

    click.echo(f"person {in_transaction(data, work, owner=True)} comes by another subject now")
