"""The command `plaudit taxes`: the tax return of a period, and the papers it is made of."""

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from plaudit.accounting.taxes import reading
from plaudit.accounting.taxes.export import papers_csv, percent, tax_return_csv
from plaudit.accounting.taxes.model import PaperFilter, TaxLine, TaxReturn
from plaudit.accounting.terminal import CSV, DATA, DAY, ENTITY, date_of, print_table
from plaudit.database_command import CLOCK, on_database
from plaudit.db import Database
from plaudit.settings import Settings
from plaudit.spreadsheets import decimal

F = TypeVar("F", bound=Callable[..., Any])


def _period(command: F) -> F:
    """The options that say which days are meant."""
    options = (
        click.option("--from", "first", type=DAY, help="The first day.  [default: the first of the month of --to]"),
        click.option("--to", "last", type=DAY, help="The last day.  [default: the end of the last month]"),
        click.option("--zone", default="UTC", show_default=True, help="Whose days these are."),
        ENTITY,
        DATA,
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group()
def taxes() -> None:
    """What tax offices are told: tax by seller, country and rate, and the papers it is made of."""


@taxes.command("return")
@_period
@CSV
def tax_return(
    first: datetime | None,
    last: datetime | None,
    zone: str,
    entity: str | None,
    data: Path | None,
    *,
    as_csv: bool,
) -> None:
    """Print net, tax and count of a period by seller, country, rate and currency; what app stores sold comes last."""
    now = CLOCK.now()
    period = reading.period_of(date_of(first), date_of(last), zone, entity, now)
    settings = Settings.from_environment()

    async def work(database: Database) -> TaxReturn:
        async with database.snapshot() as connection:
            return await reading.tax_return(connection, period, settings, now)

    found = on_database(data, work)
    if as_csv:
        sys.stdout.buffer.write(tax_return_csv(found))
        return
    header = ("seller", "country", "tax", "owed by", "currency", "sales", "corrections", "net", "tax", "reported tax")
    click.echo(f"{period.first} to {period.last}, {zone}{'' if found.is_over else ': not over yet'}")
    print_table([header, *map(_cells, found.lines)], left=5)


def _cells(line: TaxLine) -> tuple[str, ...]:
    sums, reported = line.sums, line.reported
    return (
        *(
            sums.entity,
            f"{sums.country}{'-' + sums.subdivision if sums.subdivision else ''}",
            f"{sums.tax_name} {percent(sums.rate_bps)} %",
            sums.sold_by_store or sums.entity,
        ),
        *(sums.currency, str(sums.sales), str(sums.corrections)),
        *(decimal(sums.net_minor, sums.currency), decimal(sums.tax_minor, sums.currency)),
        f"{decimal(reported.tax_minor, reported.currency)} {reported.currency}" if reported else "-",
    )


@taxes.command("papers")
@_period
def papers(first: datetime | None, last: datetime | None, zone: str, entity: str | None, data: Path | None) -> None:
    """Print receipts and credit notes of a period as CSV, with what showed where each buyer is."""
    period = reading.period_of(date_of(first), date_of(last), zone, entity, CLOCK.now())

    async def work(database: Database) -> None:
        async for piece in papers_csv(reading.all_papers(database, period, PaperFilter())):
            sys.stdout.buffer.write(piece)

    on_database(data, work)
