"""The command `plaudit statements`: months summed and issued now, and statements corrected."""

from datetime import datetime
from pathlib import Path

import click

from plaudit.database_command import CLOCK, data_option, on_database
from plaudit.db import Database
from plaudit.earnings import actions
from plaudit.earnings.model import IssuedStatement, full_number
from plaudit.settings import Settings

_MONTH = click.DateTime(["%Y-%m"])


@click.group()
def statements() -> None:
    """What creators are told of each month: gifts, diamonds and payouts by the books, with numbers without gaps."""


@statements.command("close")
@data_option
def close(data: Path | None) -> None:
    """Sum the months that are over and issue their statements, now. `plaudit serve` does it by itself."""
    issuer = actions.issuer_of(Settings.from_environment())
    steps = on_database(data, lambda database: actions.close_due(database, CLOCK, issuer))
    click.echo(f"{steps} steps made." if steps else "There was nothing to do.")


@statements.command("correct")
@click.option("--creator", "creator_id", type=click.IntRange(1), required=True, help="Our id of the creator.")
@click.option("--from", "first", type=_MONTH, required=True, help="The first month that may be wrong, as 2026-11.")
@click.option("--reason", required=True, help="Why; the creator reads it on the new statement.")
@data_option
def correct(creator_id: int, first: datetime, reason: str, data: Path | None) -> None:
    """Sum months of a creator again, and issue a new statement for each that says another thing than the last did.

    For months of which the audit says that a movement was committed after they had been summed.
    """
    if not reason.strip():
        raise click.UsageError("--reason must say something.")
    issuer = actions.issuer_of(Settings.from_environment())

    async def work(database: Database) -> list[IssuedStatement]:
        async with database.transaction() as connection:
            return await actions.correct(connection, creator_id, first.date(), reason.strip(), CLOCK, issuer)

    issued = on_database(data, work)
    for one in issued:
        click.echo(f"{full_number(one.year, one.number)} corrects {one.month:%Y-%m}.")
    if not issued:
        click.echo("Nothing changed: the statements are what the books say.")
