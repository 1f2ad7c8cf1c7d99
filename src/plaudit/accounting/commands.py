"""The command `plaudit accounting`: roll-forward and unspent balances, as text or CSV, and days opened again."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from plaudit.accounting import actions, reading
from plaudit.accounting.export import roll_forward_csv, unspent_csv
from plaudit.accounting.model import BALANCES, DayFigures, Period, Unspent
from plaudit.accounting.prepaid import PrepaidReport, base_date_of, prepaid_report
from plaudit.accounting.terminal import CSV, CURRENCY, DATA, DAY, ENTITY, date_of, print_table
from plaudit.database_command import CLOCK, on_database
from plaudit.db import Database
from plaudit.spreadsheets import decimal


@click.group()
def accounting() -> None:
    """Deferred revenue day by day, and what is unspent at a moment."""


@accounting.command("roll-forward")
@click.option("--from", "first", type=DAY, help="The first day (UTC).  [default: the first of the month of --to]")
@click.option("--to", "last", type=DAY, help="The last day (UTC).  [default: the last closed day]")
@ENTITY
@CURRENCY
@CSV
@DATA
def roll_forward(
    first: datetime | None,
    last: datetime | None,
    entity: str | None,
    currency: str | None,
    data: Path | None,
    *,
    as_csv: bool,
) -> None:
    """Print what was unspent, sold, used, refunded and expired on each closed day."""

    async def work(database: Database) -> None:
        async with database.read() as connection:
            found = await reading.extent(connection)
        period = reading.period_of(found, date_of(first), date_of(last), entity, currency, CLOCK.now())
        if as_csv:
            async for piece in roll_forward_csv(reading.all_days(database, period)):
                sys.stdout.buffer.write(piece)
            return
        await _print_days(database, period)
        until = found.last_closed_day if found.has_closed_days else None
        click.echo(f"Closed until {until}." if until else "No day is closed yet.")

    on_database(data, work)


async def _print_days(database: Database, period: Period) -> None:
    header = ("day", "entity", "currency", "", *(name.replace("_", " ") for name in BALANCES))
    rows = [row async for page in reading.all_days(database, period) for row in page]
    lines = [cells for row in rows for cells in _day_cells(row)]
    print_table([header, *lines], left=4)


def _day_cells(row: DayFigures) -> list[Sequence[str]]:
    coins = tuple(str(getattr(row, f"{name}_coins")) for name in BALANCES)
    named = (str(row.day), row.entity or "-", row.currency or "-", f"{row.kind} coins")
    if not row.currency:
        return [(*named, *coins)]
    cost = tuple(decimal(getattr(row, f"{name}_minor"), row.currency) for name in BALANCES)
    return [(*named, *coins), ("", "", "", "cost without tax", *cost)]


@accounting.command("unspent")
@click.option("--at", "at", type=DAY, help="The day at whose end.  [default: now]")
@click.option("--zone", default="UTC", show_default=True, help="The time zone in which the day ends.")
@click.option(
    "--japan-base-date", is_flag=True, help="The latest 31 March or 30 September that is over in Japan, there."
)
@CSV
@DATA
def unspent(at: datetime | None, zone: str, data: Path | None, *, japan_base_date: bool, as_csv: bool) -> None:
    """Print unspent coins by entity, region, channel and currency, with what they cost without tax."""
    now = CLOCK.now()
    day = date_of(at)
    if japan_base_date:
        if day is not None:
            raise click.UsageError("--at and --japan-base-date exclude each other.")
        day, zone = reading.japan_base_dates(now)[0], reading.JAPAN
    moment = reading.end_of(day, zone, now) if day else now

    async def work(database: Database) -> list[Unspent]:
        async with database.snapshot() as connection:
            return await reading.unspent_at(connection, moment)

    rows = on_database(data, work)
    if as_csv:
        sys.stdout.buffer.write(unspent_csv(moment, rows))
        return
    header = ("coins", "entity", "region", "channel", "currency", "unspent", "cost without tax")
    lines = [
        (
            *(row.kind, row.entity or "-", row.region or "-", row.channel or "-", row.currency or "-", str(row.coins)),
            decimal(row.minor, row.currency) if row.currency else "",
        )
        for row in rows
    ]
    click.echo(f"Unspent at {moment:%Y-%m-%d %H:%M:%S} UTC")
    print_table([header, *lines], left=5)


@accounting.command("prepaid")
@click.option("--base-date", "asked", type=DAY, help="A 31 March or 30 September.  [default: the latest over in Japan]")
@DATA
def prepaid(asked: datetime | None, data: Path | None) -> None:
    """Print what Japan's Payment Services Act asks of a base date: unused coins by issuer, and what is laid by."""
    now = CLOCK.now()
    day = base_date_of(date_of(asked), now)

    async def work(database: Database) -> PrepaidReport:
        async with database.snapshot() as connection:
            return await prepaid_report(connection, day, now)

    report = on_database(data, work)
    click.echo(f"Unused at the end of {day} in Japan, in yen with tax; above {report.threshold_yen:,} half is laid by.")
    header = ("issuer", "coins", "unused", "deposit", "due", "")
    lines = [
        (
            one.issuer or "-",
            str(one.coins),
            f"{one.unused_yen:,}",
            f"{one.deposit_yen:,}",
            str(report.due_on) if one.is_above_threshold else "-",
            "" if one.is_whole else "some currency has no rate: there is more",
        )
        for one in report.items
    ]
    print_table([header, *lines], left=1)


@accounting.command("close")
@DATA
def close(data: Path | None) -> None:
    """Sum what has settled and close the days that are over, now. `plaudit serve` does it by itself."""
    steps = on_database(data, lambda database: actions.close_due(database, CLOCK))
    click.echo(f"{steps} steps made." if steps else "There was nothing to do.")


@accounting.command("reopen")
@click.option("--from", "first", type=DAY, required=True, help="The first day (UTC) to open again.")
@click.option("--reason", required=True, help="Why; it is kept.")
@DATA
def reopen(first: datetime, reason: str, data: Path | None) -> None:
    """Forget what was closed from a day on. It is closed again from the movements there are then.

    For days of which the audit says that a movement was committed after they had been closed.
    """
    day = first.replace(tzinfo=UTC).date()

    async def work(database: Database) -> None:
        async with database.transaction() as connection:
            await actions.reopen(connection, day, reason, CLOCK)

    on_database(data, work)
    click.echo(f"Open again from {day}.")
