"""Runs of the comparison, from the queue to what they found, and the closing of differences."""

from datetime import date, datetime, timedelta
from uuid import UUID

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.ids import new_id, require_uuid7
from plaudit.limits import (
    RECONCILE_AFTER_H,
    RECONCILE_CATCH_UP_DAYS_MAX,
    RECONCILE_LEASE_S,
    RECONCILE_PAUSE_S_FIRST,
    RECONCILE_PAUSE_S_MAX,
    RECONCILE_RUNS_MAX,
    RECONCILE_TRIES_MAX,
    WEBHOOK_DETAIL_LENGTH_MAX,
)
from plaudit.money import Money
from plaudit.pages import BEGINNING, Place
from plaudit.problems import Conflict, IdempotencyConflict, InvalidField, NotFound
from plaudit.providers import ProviderUnavailable
from plaudit.queues import Backoff, Failure, Queue, settle
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.reconciliation.comparing import TOO_MUCH, Comparison, Report, TooMuch
from plaudit.selling.reconciliation.model import (
    Difference,
    DifferenceFilter,
    DifferenceState,
    Found,
    Run,
    RunRequest,
    RunWithSums,
    Unsettled,
)
from plaudit.settings import Settings
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)

RUNS = Queue(
    name="selling.reconciliation",
    what="Days are compared with the lists of providers",
    item=Run,
    claim=SQL["claim_runs"],
    postpone=SQL["postpone_run"],
    waiting=SQL["waiting_runs"],
    key=lambda run: (run.run_id,),
    lease_s=RECONCILE_LEASE_S,
    backoff=Backoff(RECONCILE_PAUSE_S_FIRST, RECONCILE_PAUSE_S_MAX),
    at_once=1,
    claimed_max=1,
    per_run_max=RECONCILE_RUNS_MAX,
)


async def queue_run(
    connection: Connection,
    providers: PaymentProviders,
    asked: RunRequest,
    person_id: int | None,
    clock: Clock,
    *,
    so_far: bool = False,
) -> Run:
    """Have a day compared; with `so_far` one that is not over as well. The same id with the same request gets the same
    run.

    Raises:
        InvalidField: an unknown provider, or a day that is not over.
        IdempotencyConflict: the id came with another request.
    """
    require_uuid7(asked.id, "id", clock)
    if providers.get(asked.provider) is None:
        known = ", ".join(providers.names) or "(none is set up)"
        raise InvalidField(field="provider", reason=f"must be one of: {known}")
    now = clock.now()
    if asked.day > now.date() or (asked.day == now.date() and not so_far):
        raise InvalidField(field="day", reason="must be over in UTC")
    await connection.execute(SQL["write_run"], asked.id, asked.provider, asked.day, now, person_id, False)
    run = await find_run(connection, asked.id)
    if (run.provider, run.day, run.requested_by) != (asked.provider, asked.day, person_id):
        raise IdempotencyConflict
    return run


async def queue_daily(database: Database, providers: PaymentProviders, clock: Clock) -> None:
    """Queue the day before for each provider, once, and the days before that were missed while nothing ran."""
    now = clock.now()
    if now.hour < RECONCILE_AFTER_H:
        return
    day = now.date() - timedelta(days=1)
    async with database.transaction() as connection:
        for name in providers.names:
            await connection.execute(SQL["write_daily_runs"], name, day, now, RECONCILE_CATCH_UP_DAYS_MAX - 1)


async def find_run(connection: Connection, run_id: UUID) -> RunWithSums:
    """A run with its sums.

    Raises:
        NotFound: there is none with this id.
    """
    found = await fetch_all(connection, SQL["list_runs"], RunWithSums, None, run_id, *BEGINNING, 1)
    if not found:
        raise NotFound("There is no such run.", run_id=run_id)
    return found[0]


async def list_runs(connection: Connection, provider: str | None, after: Place, limit: int) -> list[RunWithSums]:
    """Runs, newest first, those after a place."""
    return await fetch_all(connection, SQL["list_runs"], RunWithSums, provider, None, *after, limit)


async def run_due(
    database: Database, providers: PaymentProviders, settings: Settings, clock: Clock, run_id: UUID | None = None
) -> int:
    """Do the runs that are due, or one; how many were tried. Several workers may do this."""

    async def perform(run: Run) -> None:
        await _perform(database, providers, run, settings, clock)

    async def failed(connection: Connection, run: Run, failure: Failure) -> None:
        if run.tries >= RECONCILE_TRIES_MAX or failure.code == TOO_MUCH:
            await connection.execute(SQL["give_up_run"], run.run_id, clock.now())

    return await RUNS.run(database, clock, perform, run_id, failed=failed)


async def _perform(database: Database, providers: PaymentProviders, run: Run, settings: Settings, clock: Clock) -> None:
    if run.tries > RECONCILE_TRIES_MAX:
        raise TooMuch("no try came to an end: each took too long, or its worker died")
    provider = providers.get(run.provider)
    if provider is None:
        raise ProviderUnavailable(run.provider)
    report = await Comparison(database, providers, provider, run.day, settings, clock).run()
    async with database.transaction() as connection:
        await _keep(connection, run, report, clock)


async def _keep(connection: Connection, run: Run, report: Report, clock: Clock) -> None:
    """Write what a run found: sums, each difference once, and which earlier ones are gone."""
    now = clock.now()
    await connection.execute(SQL["forget_sums"], run.run_id)
    for one in report.sums.values():
        await connection.execute(
            SQL["write_sum"], run.run_id, one.side, one.what, one.currency, one.count, one.minor, one.fee_minor
        )
    for found in report.found:
        await _write_difference(connection, run, found, clock)
    gone = await connection.execute(SQL["vanish_differences"], run.provider, run.day, run.run_id, now)
    healed = sum(found.healed for found in report.found)
    await settle(
        connection,
        SQL["run_complete"],
        run,
        *(run.run_id, now, report.listed, report.compared, healed, len(report.found) - healed),
        int(gone.rpartition(" ")[2]),
    )


async def _write_difference(connection: Connection, run: Run, found: Found, clock: Clock) -> None:
    shard, order_id = found.order or (None, None)
    await connection.execute(
        SQL["write_difference"],
        *(new_id(clock), run.provider, run.day, found.kind, found.payment_id, found.provider_reversal_id),
        *(shard, order_id, *_columns(found.ours), found.ours_state, *_columns(found.theirs), found.theirs_state),
        *(found.detail[:WEBHOOK_DETAIL_LENGTH_MAX], "healed" if found.healed else "open", run.run_id, clock.now()),
    )


def _columns(money: Money | None) -> tuple[int | None, str | None]:
    return (money.amount_minor, money.currency) if money else (None, None)


async def list_differences(
    connection: Connection, wanted: DifferenceFilter, after: Place, limit: int
) -> list[Difference]:
    """Differences, newest first, those after a place."""
    return await fetch_all(
        connection, SQL["list_differences"], Difference, wanted.provider, wanted.state, wanted.day, *after, limit
    )


async def count_unsettled(connection: Connection) -> Unsettled:
    """How much a person has to look at."""
    found = await fetch_one(connection, SQL["count_unsettled"], Unsettled)
    assert found is not None  # aggregates
    return found


async def close(
    connection: Connection, difference_id: UUID, person_id: int, resolution: str, now: datetime
) -> Difference:
    """Say what became of a difference; repeated by the same person with the same words it changes nothing.

    Raises:
        NotFound: there is no such difference.
        Conflict: it was healed, or closed otherwise before.
    """
    await _find(connection, difference_id)
    closed = await connection.fetchval(SQL["close_difference"], difference_id, now, person_id, resolution)
    present = await _find(connection, difference_id)
    if closed is None and (present.closed_by, present.resolution) != (person_id, resolution):
        healed = present.state is DifferenceState.HEALED
        raise Conflict("It was healed by itself." if healed else "Somebody has closed it already.")
    return present


async def _find(connection: Connection, difference_id: UUID) -> Difference:
    found = await fetch_one(connection, SQL["find_difference"], Difference, difference_id)
    if found is None:
        raise NotFound("There is no such difference.", difference_id=difference_id)
    return found


def last_whole_day(clock: Clock) -> date:
    """The latest day that is over, in UTC."""
    return clock.now().date() - timedelta(days=1)
