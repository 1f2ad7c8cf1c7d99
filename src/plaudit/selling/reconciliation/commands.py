"""The command `plaudit reconcile`."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import click

from plaudit.clock import SystemClock
from plaudit.database_command import witnessed
from plaudit.db import Database
from plaudit.embedded import database_url
from plaudit.house_clock import HouseClock, follow
from plaudit.ids import new_id
from plaudit.selling.providers import payment_providers
from plaudit.selling.reconciliation import actions
from plaudit.selling.reconciliation.model import RunRequest, RunState, RunWithSums
from plaudit.settings import Settings


@click.command()
@click.option("--provider", required=True, help="Who takes the payments, as in the settings.")
@click.option(
    "--day", type=click.DateTime(["%Y-%m-%d"]), help="The day to compare, in UTC.  [default: the one before this]"
)
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="The folder of the embedded database.")
def reconcile(provider: str, day: datetime | None, data: Path | None) -> int:
    """Compare what a provider lists of a day with what is here.

    What differs is written down for somebody to close. Exit status 1 when something does, or the comparison failed.
    """
    settings = Settings.from_environment()
    with database_url(settings, data, share=True) as url:
        run = asyncio.run(_reconcile(url, settings, provider, day))
    click.echo(_as_text(run))
    return 0 if run.state is RunState.COMPLETE and run.differing == 0 else 1


async def _reconcile(url: str, settings: Settings, provider: str, day: datetime | None) -> RunWithSums:
    clock = HouseClock(SystemClock())
    providers = payment_providers(settings)
    wanted = day.replace(tzinfo=UTC).date() if day else actions.last_whole_day(clock)
    asked = RunRequest(id=new_id(clock), provider=provider, day=wanted)
    try:
        async with Database(url, connections=2) as database:
            await follow(database, clock)
            async with witnessed(database).transaction() as connection:
                await actions.queue_run(connection, providers, asked, None, clock)
            await actions.run_due(database, providers, settings, clock, asked.id)
            async with database.read() as connection:
                return await actions.find_run(connection, asked.id)
    finally:
        await providers.close()


def _as_text(run: RunWithSums) -> str:
    lines = [f"{run.provider}, {run.day}: {run.state}"]
    if run.error:
        lines.append(f"  {run.error}")
    lines += [
        f"  {one.side:6} {one.what:10} {one.count:8} {one.minor:15} {one.currency} minor units, fees {one.fee_minor}"
        for one in run.sums
    ]
    lines.append(
        f"  {run.listed} listed, {run.compared} of ours; {run.healed} healed, {run.differing} differ, "
        f"{run.vanished} gone since an earlier run"
    )
    return "\n".join(lines)
