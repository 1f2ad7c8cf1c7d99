"""The command `plaudit audit`."""

import asyncio
from contextlib import suppress
from pathlib import Path

import asyncpg
import click
import msgspec

from plaudit.connections import connect
from plaudit.database_command import one_line_if_not_prepared
from plaudit.embedded import database_url
from plaudit.schema import audit_runs
from plaudit.schema.audit import AuditReport, as_text
from plaudit.settings import Settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of the embedded database, which is started if nobody runs it.",
)
def audit(data: Path | None, *, as_json: bool) -> int:
    """Prove in one snapshot that every law of the books holds.

    Exit status 1, and the offending rows, when one is broken.
    """
    with database_url(Settings.from_environment(), data, share=True) as url, one_line_if_not_prepared():
        report = asyncio.run(_audit(url))
    click.echo(
        msgspec.json.encode({"ok": report.ok, "at": report.at, "laws": report.laws}) if as_json else as_text(report)
    )
    return 0 if report.ok else 1


async def _audit(url: str) -> AuditReport:
    connection = await connect(url, writes=False)
    try:
        report, took_ms = await audit_runs.timed(connection)
        with suppress(asyncpg.ReadOnlySQLTransactionError):  # a standby proves as well, and keeps nothing
            async with connection.transaction():
                await audit_runs.keep(connection, report, took_ms=took_ms)
        return report
    finally:
        await connection.close()
