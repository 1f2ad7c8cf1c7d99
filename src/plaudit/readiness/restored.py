"""The command `plaudit restored`: what follows when the database went back to an earlier moment."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
import msgspec

from plaudit.database_command import CLOCK, data_option, in_transaction, one_line_if_not_prepared, witnessed
from plaudit.db import Database
from plaudit.embedded import database_url
from plaudit.house_clock import follow
from plaudit.ids import new_id
from plaudit.ledger import lives
from plaudit.limits import RESTORED_DAYS_MAX
from plaudit.personal_data.erasing import erase_again
from plaudit.personal_data.limits import ERASURES_FILE_BYTES_MAX
from plaudit.schema import audit, audit_runs
from plaudit.schema.audit import AuditReport
from plaudit.selling.providers import PaymentProviders, payment_providers
from plaudit.selling.reconciliation import actions as reconciliation
from plaudit.selling.reconciliation.model import RunRequest, RunState, RunWithSums
from plaudit.settings import Settings


class _Moment(click.ParamType[datetime]):
    """A moment that was, with its offset."""

    name = "time"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"is no time: {value}", param, ctx)
        if at.tzinfo is None or at > CLOCK.now():
            self.fail("must name its offset from UTC, and not lie in the future", param, ctx)
        return at.astimezone(UTC)


MOMENT = _Moment()


class Restoration(msgspec.Struct, frozen=True):
    """What was done after a restore, and what came of it."""

    epoch: int
    runs: list[RunWithSums]
    erased: int
    report: AuditReport

    @property
    def ok(self) -> bool:
        return self.report.ok and all(run.state is RunState.COMPLETE for run in self.runs)


@click.group()
def restored() -> None:
    """Begin anew after the database went back to an earlier moment."""


@restored.command()
@click.option(
    "--since",
    required=True,
    type=MOMENT,
    metavar="TIME",
    help="The moment it went back to, with its offset: 2026-12-01T14:05+01:00.",
)
@click.option("--offline", is_flag=True, help="Ask no provider: for a drill, or because their keys are not here.")
@click.option(
    "--erasures",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What `plaudit erasures list` said last: whoever it names is erased again.",
)
@data_option
def begin(since: datetime, erasures: Path | None, data: Path | None, *, offline: bool) -> int:
    """Begin a new epoch, ask payment providers for what they know since, and prove the books.

    Cursors from before are void, numbers are not given twice, and payouts wait for `plaudit restored payouts-compared`.
    Before servers start. Exit status 1 when a provider could not be asked, or a law of the books is broken.
    """
    settings = Settings.from_environment()
    with database_url(settings, data, share=True) as url, one_line_if_not_prepared():
        done = asyncio.run(_begin(url, settings, since, _lines(erasures), offline=offline))
    click.echo(_as_text(done, offline=offline))
    return 0 if done.ok else 1


@restored.command()
@data_option
def payouts_compared(data: Path | None) -> None:
    """Say that payouts made since the moment were compared with the bank and with providers: payouts leave again."""
    settled = in_transaction(data, lambda connection: lives.settle(connection, CLOCK.now()))
    click.echo("payouts leave again" if settled else "no payout waited for this")


def days_since(moment: datetime, now: datetime) -> list[date]:
    """The days in UTC from a moment to now, this one too.

    Raises:
        BadParameter: more than RESTORED_DAYS_MAX.
    """
    days = (now.date() - moment.date()).days + 1
    if days > RESTORED_DAYS_MAX:
        raise click.BadParameter(
            f"is more than {RESTORED_DAYS_MAX} days ago: compare the days with `plaudit reconcile`"
        )
    return [moment.date() + timedelta(days=day) for day in range(days)]


async def _begin(url: str, settings: Settings, moment: datetime, erased: list[str], *, offline: bool) -> Restoration:
    providers = payment_providers(settings)
    try:
        async with Database(url, connections=2) as unwitnessed:
            await follow(unwitnessed, CLOCK)
            database = witnessed(unwitnessed)
            days = days_since(moment, CLOCK.now())
            async with database.transaction() as connection:
                epoch = await lives.begin(connection, CLOCK.now(), anew=True, lost_since=moment)
            again = await erase_again(database, settings, CLOCK, erased) if erased else 0
            names = [] if offline else providers.names
            runs = [await _compare(database, providers, settings, name, day) for name in names for day in days]
            return Restoration(epoch, runs, again, await audit_runs.run_and_keep(database))
    finally:
        await providers.close()


def _lines(erasures: Path | None) -> list[str]:
    """
    Raises:
        BadParameter: it is too large to be such a list.
    """
    if erasures is None:
        return []
    if erasures.stat().st_size > ERASURES_FILE_BYTES_MAX:
        raise click.BadParameter(f"{erasures} is larger than {ERASURES_FILE_BYTES_MAX} bytes")
    return [line for line in erasures.read_text(encoding="ascii").splitlines() if line.strip()]


async def _compare(
    database: Database, providers: PaymentProviders, settings: Settings, name: str, day: date
) -> RunWithSums:
    asked = RunRequest(id=new_id(CLOCK), provider=name, day=day)
    async with database.transaction() as connection:
        await reconciliation.queue_run(connection, providers, asked, None, CLOCK, so_far=True)
    await reconciliation.run_due(database, providers, settings, CLOCK, asked.id)
    async with database.read() as connection:
        return await reconciliation.find_run(connection, asked.id)


def _as_text(done: Restoration, *, offline: bool) -> str:
    lines = [f"Epoch {done.epoch}: cursors from before are void; payouts wait for `plaudit restored payouts-compared`."]
    lines += [
        f"{run.provider}, {run.day}: {run.state}; {run.listed} listed, {run.healed} healed, {run.differing} differ"
        + (f"; {run.error}" if run.error else "")
        for run in done.runs
    ]
    if done.erased:
        lines.append(f"{done.erased} people who had been erased are erased again.")
    if offline:
        lines.append("No provider was asked.")
    elif differing := sum(run.differing for run in done.runs):
        lines.append(f"{differing} differences wait for somebody: /operator/reconciliation")
    return "\n".join([*lines, audit.as_text(done.report)])
