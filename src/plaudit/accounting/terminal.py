"""What commands of accountants share: days on the command line, and tables."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

import click

DAY = click.DateTime(["%Y-%m-%d"])
DATA = click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), help="The folder of the embedded database."
)
ENTITY = click.option("--entity", help="Only those of this seller of record.")
CURRENCY = click.option("--currency", help="Only those in this currency.")
CSV = click.option("--csv", "as_csv", is_flag=True, help="As CSV, all figures.")


def date_of(value: datetime | None) -> date | None:
    """A day as the command line gave it."""
    return value.date() if value else None


def print_table(rows: Iterable[Sequence[str]], left: int) -> None:
    """Columns as wide as they must be; the first `left` ones begin at the left, numbers end at the right."""
    cells = list(rows)
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    for row in cells:
        padded = [
            cell.ljust(width) if column < left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        click.echo("  ".join(padded).rstrip())
