"""The command `plaudit statements`: months summed and issued now, statements corrected, and years reported."""

import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from plaudit.database_command import CLOCK, data_option, on_database
from plaudit.db import Database
from plaudit.earnings import actions, dac7
from plaudit.earnings.model import IssuedStatement, full_number
from plaudit.earnings.reporting import NotReportable, Quarters, quarters_of_year
from plaudit.earnings.us_forms import Threshold, UsYear, us_csv, us_year
from plaudit.settings import Settings

_MONTH = click.DateTime(["%Y-%m"])
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


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


@statements.command("dac7")
@click.argument("year", type=click.IntRange(2023, 2999))
@click.option("--operator", "operator_file", type=_FILE, required=True, help="Who reports, as JSON.")
@click.option("--sellers", "sellers_file", type=_FILE, required=True, help="Who the creators are, as JSON.")
@click.option("--corrects", type=_FILE, multiple=True, help="A declaration of before; all of them, in their order.")
@click.option("--adds-to", type=_FILE, multiple=True, help="The same; only sellers whom none of them has are reported.")
@click.option("--currency", default="EUR", show_default=True, help="Of the report; others by the rate of their day.")
@data_option
def dac7_command(
    year: int,
    operator_file: Path,
    sellers_file: Path,
    corrects: tuple[Path, ...],
    adds_to: tuple[Path, ...],
    currency: str,
    data: Path | None,
) -> None:
    """Write the DAC7 report of a year: XML of the creators of the file, with what they were paid by quarter, fees, and
    how many gifts they received. docs/guides/tax-reports.md says what stands in the files.
    """
    if corrects and adds_to:
        raise click.UsageError("--corrects and --adds-to exclude each other: they are two declarations.")
    operator = _read(operator_file, dac7.Operator)
    sellers = _read(sellers_file, list[dac7.Seller])

    async def work(database: Database) -> Mapping[int, Quarters]:
        async with database.snapshot() as connection:
            return await quarters_of_year(connection, year, currency, CLOCK.now())

    try:
        figures = on_database(data, work)
        said = (operator, sellers, figures, year, currency, CLOCK.now())
        before = [one.read_bytes() for one in corrects or adds_to]
        if corrects:
            made = dac7.correct(*said, before)
        elif adds_to:
            made = dac7.add(*said, before)
        else:
            made = dac7.declare(*said)
    except (dac7.NotADeclaration, NotReportable) as error:
        raise click.ClickException(str(error)) from error
    unnamed = sorted(figures.keys() - {one.creator_id for one in sellers})
    if unnamed:
        click.echo(f"Not in {sellers_file.name}: {', '.join(map(str, unnamed))}", err=True)
    if made.is_empty:
        click.echo("Nothing changed: there is nothing to correct.", err=True)
        return
    sys.stdout.buffer.write(made.xml)
    click.echo(f"{made.sellers} sellers.", err=True)


@statements.command("us-1099")
@click.argument("year", type=click.IntRange(2020, 2999))
@click.option("--form", type=click.Choice(["1099-NEC", "1099-K"]), required=True, help="Which one.")
@data_option
def us_command(year: int, form: str, data: Path | None) -> None:
    """Write what each creator was paid in a year in US dollars, by month, as CSV, and whether that passes the threshold
    of the form in that year. Of whom it is asked says who has their form W-9.
    """

    async def work(database: Database) -> tuple[Threshold, list[UsYear]]:
        async with database.snapshot() as connection:
            return await us_year(connection, year, form, CLOCK.now())

    try:
        threshold, rows = on_database(data, work)
    except NotReportable as error:
        raise click.ClickException(str(error)) from error
    sys.stdout.buffer.write(us_csv(year, form, rows))
    click.echo(f"{sum(one.is_reported for one in rows)} of {len(rows)} pass it: {threshold.source}", err=True)


def _read(file: Path, kind: Any) -> Any:
    """What a file says, held to its type."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except msgspec.MsgspecError as error:
        raise click.ClickException(f"{file}: {error}") from error
