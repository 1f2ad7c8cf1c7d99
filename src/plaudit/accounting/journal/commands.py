"""The command `plaudit journal`: the general journal, and balances of its accounts."""

import sys
from datetime import datetime
from pathlib import Path

import click

from plaudit.accounting import reading as days
from plaudit.accounting.journal import reading
from plaudit.accounting.journal.export import balances_csv, journal_csv
from plaudit.accounting.journal.model import Balance
from plaudit.accounting.model import Period
from plaudit.accounting.terminal import CSV, CURRENCY, DATA, DAY, ENTITY, date_of, print_table
from plaudit.database_command import CLOCK, on_database
from plaudit.db import Database
from plaudit.spreadsheets import decimal

_FIRST = click.option("--from", "first", type=DAY, help="The first day (UTC).  [default: the first of the month]")
_LAST = click.option("--to", "last", type=DAY, help="The last day (UTC).  [default: the last closed day]")


@click.group()
def journal() -> None:
    """The general ledger: entries of closed days in double entry, and balances of its accounts."""


@journal.command("lines")
@_FIRST
@_LAST
@ENTITY
@CURRENCY
@DATA
def lines(
    first: datetime | None, last: datetime | None, entity: str | None, currency: str | None, data: Path | None
) -> None:
    """Print the journal of closed days as CSV, a row a line."""

    async def work(database: Database) -> None:
        period = await _closed(database, first, last, entity, currency)
        async for piece in journal_csv(reading.all_lines(database, period)):
            sys.stdout.buffer.write(piece)

    on_database(data, work)


@journal.command("balances")
@_FIRST
@_LAST
@ENTITY
@CURRENCY
@CSV
@DATA
def balances(
    first: datetime | None,
    last: datetime | None,
    entity: str | None,
    currency: str | None,
    data: Path | None,
    *,
    as_csv: bool,
) -> None:
    """Print opening, debits, credits and closing of each account."""

    async def work(database: Database) -> tuple[Period | None, list[Balance]]:
        period = await _closed(database, first, last, entity, currency)
        async with database.snapshot() as connection:
            return period, await reading.balances(connection, period) if period else []

    period, found = on_database(data, work)
    if period is None:
        click.echo("No day of these is closed yet.")
    elif as_csv:
        sys.stdout.buffer.write(balances_csv(period, found))
    else:
        header = ("account", "name", "of", "seller", "currency", "opening", "debit", "credit", "closing")
        print_table([header, *map(_cells, found)], left=5)


def _cells(one: Balance) -> tuple[str, ...]:
    amounts = (one.opening_minor, one.debit_minor, one.credit_minor, one.closing_minor)
    return (
        *(one.number, one.name, one.party or "-", one.entity or "-", one.currency),
        *(decimal(minor, one.currency) for minor in amounts),
    )


async def _closed(
    database: Database, first: datetime | None, last: datetime | None, entity: str | None, currency: str | None
) -> Period | None:
    async with database.read() as connection:
        found = await days.extent(connection)
    asked = days.period_of(found, date_of(first), date_of(last), entity, currency, CLOCK.now())
    return reading.closed_part(asked, found)
