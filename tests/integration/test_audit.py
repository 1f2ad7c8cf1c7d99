"""The audit finds what it is there to find: each law broken on purpose, behind the books' back."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec
import pytest

from plaudit.clock import SystemClock
from plaudit.connections import Connection, OwnConnection, connect
from plaudit.db import Database
from plaudit.ids import new_id
from plaudit.ledger import holds
from plaudit.ledger.deliverer import Deliverer
from plaudit.ledger.holds import NewHold
from plaudit.ledger.model import GiftOrder, GiftOutcome, OutcomeUnknown
from plaudit.ledger.shards import read_shards
from plaudit.ledger.writer import GiftWriter
from plaudit.limits import AUDIT_RUNS_KEPT
from plaudit.schema import audit, audit_runs
from tests.support.databases import owner_of
from tests.support.gift_load import GiftLoad, fund_viewers, until_delivered
from tests.support.lots import UNSOLD

pytestmark = [pytest.mark.sql, pytest.mark.unsold]

_clock = SystemClock()

BREAKS = {
    "assets_sum_to_zero": "update account set balance = balance + 1 where kind = 'coins_issued' and shard = 0",
    "balances_equal_movements": "update wallet set coins = coins + 1 where viewer_id = 1",
    "clearing_equals_undelivered_batches": "update gift_batch set coins = coins + 7",
    "strips_equal_wallets": "update wallet set spent = spent + 1 where viewer_id = 2",
    "lots_equal_their_intervals": "update lot set coins = coins - 1 where viewer_id = 3",
    "owned_is_free_held_and_spent": "update wallet set held = held + 1 where viewer_id = 5",
    "holds_equal_their_pieces": "update hold_piece set coins = coins + 1",
    "holds_are_spent_by_their_lots": "update hold set gift_id = gen_random_uuid() where state = 'spent'",
    "reversals_claim_coins_once": "update reversed_strip set end_coin = end_coin - 1",
    "reversed_gifts_are_gifts": "update gift_reversal set coins = coins + 1000",
    "gifts_tile_the_spent_part": "update gift set spent_before = spent_before + 1 where spent_before > 0",
    "gifts_follow_each_other": "update gift set previous_gift_id = id where viewer_id = 4 and spent_before > 0",
    "streams_have_no_gaps": "update charge_stream set charged_through = charged_through + 1",
    "gift_log_has_no_gaps": "update delivery set seqs = array_fill(1::bigint, array[cardinality(seqs)])",
    "hashes_chain": "update delivery set hash = sha256('a forged delivery') where through_batch_no = 1",
    "frames_have_no_gaps": "update frame set seq = seq + 1000 where seq = 1",
    "frames_carry_each_delivered_gift_once": "update frame set lines[1].coins = lines[1].coins + 1 where kind = 'gift'",
    "deliveries_keep_each_share_once": "update delivery set unshown = unshown || unshown[1] where unshown is not null",
    "parts_add_up_to_their_gift": "update gift set creator_shard = 1 - creator_shard where shares is null",
    "received_equals_deliveries": "update gift_balance set received = received + 1",
}


async def _fill(url: str) -> None:
    """Some gifts delivered, some waiting."""
    connection = await connect(url)
    shards = await fund_viewers(url, UNSOLD)
    writer = GiftWriter(lambda: connect(url), shards, _clock)
    deliverer = Deliverer(lambda: connect(url), shards, _clock, lambda _: None)
    await writer.start()
    await deliverer.start()
    load = GiftLoad(shards)
    for _ in range(3):
        await load.send([load.order() for _ in range(40)], writer.charge_many)
        await until_delivered(url, connection)
    await deliverer.stop()
    await load.send([load.order() for _ in range(40)], writer.charge_many)
    await writer.stop()
    await _take_back_spent_coins(connection)
    await _hold_coins(connection)
    await connection.close()


async def _take_back_spent_coins(connection: Connection) -> None:
    """A reversal of all there is of the first lot that paid for a gift."""
    lot = await connection.fetchrow("select * from lot_state where spent > 0 and kind = 'paid' order by lot_id limit 1")
    assert lot
    await connection.execute(
        "select take_back($1, $2, $3, $4, $5, false, $6)",
        *(lot["shard"], lot["viewer_id"], new_id(_clock), lot["lot_id"], lot["coins"], _clock.now()),
    )


async def _hold_coins(connection: Connection) -> None:
    """A hold that was spent, and one that stands."""
    ends_at = _clock.now() + timedelta(days=1)
    standing, spent = (
        NewHold(hold_id=new_id(_clock), viewer_id=viewer, purpose="trial", coins=9, ends_at=ends_at)
        for viewer in (6, 7)
    )
    await holds.hold(connection, _clock, standing)
    await holds.hold(connection, _clock, spent)
    await holds.spend(connection, _clock, spent.hold_id, GiftOrder(new_id(_clock), 7, 31, 31, 1, 1, 9))


@pytest.mark.audit_off
def test_every_law_can_be_broken(database_url: str) -> None:
    """Each break is rolled back, so that one world serves them all."""

    async def run() -> None:
        await _fill(database_url)
        connection = await connect(owner_of(database_url))
        clean = await audit.run(connection)
        assert {law.name for law in clean.laws if law.broken} == {"orders_equal_movements"}, audit.as_text(clean)
        ledger_laws = {law.name: law for law in audit.laws() if law.name in BREAKS}
        assert ledger_laws.keys() == BREAKS.keys()
        for name, statement in BREAKS.items():
            transaction = connection.transaction()
            await transaction.start()
            await connection.execute(statement)
            assert await connection.fetch(ledger_laws[name].sql), f"{name} did not see: {statement}"
            await transaction.rollback()
        await connection.close()

    asyncio.run(run())


@pytest.mark.audit_off
async def test_forged_gift_breaks_the_chain(database_url: str) -> None:
    """A gift rewritten after its delivery does not fit the seal, even if all sums still agree."""
    await _fill(database_url)
    connection = await connect(owner_of(database_url))
    swap = "select viewer_id, id from gift where creator_id = 31 order by charged_at limit 1"
    row = await connection.fetchrow(swap)
    assert row
    forged = UUID(int=row["id"].int ^ 1)
    await connection.execute(
        "update gift set id = $3 where viewer_id = $1 and id = $2", row["viewer_id"], row["id"], forged
    )
    report = await audit.run(connection)
    broken = {law.name for law in report.laws if law.broken}
    assert "hashes_chain" in broken
    assert "BROKEN" in audit.as_text(report)
    await connection.close()


@pytest.mark.audit_off
async def test_a_share_that_was_moved_breaks_the_chain(database_url: str) -> None:
    """Coins of a divided gift given to another creator, or to the same in other measure, do not fit the seal."""
    await _fill(database_url)
    connection = await connect(owner_of(database_url))
    moved = [
        "update gift set shares[1].coins = 4, shares[2].coins = 3 where cardinality(shares) = 2",
        "update gift set shares[1].creator_id = (shares[1]).creator_id + 2 where cardinality(shares) = 1",
        "update gift set shares = null, share_batch_nos = null where shares is not null",
    ]
    chain = next(law.sql for law in audit.laws() if law.name == "hashes_chain")
    for statement in moved:
        transaction = connection.transaction()
        await transaction.start()
        assert await connection.execute(statement) != "UPDATE 0"
        assert await connection.fetch(chain), statement
        await transaction.rollback()
    await connection.close()


@pytest.mark.audit_off
async def test_shares_that_are_not_the_price_cannot_be_written(database_url: str) -> None:
    """Nor can they by whoever owns the tables."""
    await _fill(database_url)
    connection = await connect(owner_of(database_url))
    wrong = {
        "update gift set shares[1].coins = 6 where shares is not null": "gift_shares_are_its_price",
        "update gift set shares[2] = shares[1] where cardinality(shares) = 2": "gift_shares_are_its_price",
        "update gift set shares[1].coins = null where shares is not null": "gift_shares_are_its_price",
        "update gift set shares = '{}', share_batch_nos = '{}' where shares is not null": "gift_shares_are_its_price",
        "update gift set share_batch_nos = null where shares is not null": "gift_shares_are_in_batches",
        "update gift set video_id = 1 where room_id is not null": "gift_has_one_target",
        "update gift set room_id = null where video_id is null": "gift_has_one_target",
        "update gift set position_ms = 1 where video_id is null": "gift_position_is_in_a_video",
    }
    for statement, constraint in wrong.items():
        with pytest.raises(asyncpg.CheckViolationError, match=constraint):
            await connection.execute(statement)
    await connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "update wallet set coins = 1000000",
        "insert into transfer (shard) values (0)",
        "delete from gift",
        "update gift set coins = 1",
        "truncate delivery",
        "update lot set coins = 1",
        "update lot set coins_reversed = 0",
        "delete from reversed_strip",
        "update wallet set held = 0",
        "update lot set coins_held = 0",
        "update hold set state = 'released'",
        "delete from hold_piece",
        "update clawback set coins = 1",
        "update account set overdraft = 1",
        "delete from frame",
        "update account set balance = 0",
        "select move_balance(0::smallint, 'wallet', 1, 'COIN', 5)",
        "select record_transfer(0::smallint, gen_random_uuid(), 'recharge', 0, 1, 'COIN', 5, now())",
        "alter table wallet drop constraint wallet_not_overdrawn",
    ],
)
async def test_the_application_cannot_go_round_the_functions(database_url: str, statement: str) -> None:
    """runmyaccounts#59, #255: journals that do not balance could be imported past the checks."""
    connection = await connect(database_url)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(statement)
    await connection.close()


async def test_gift_of_a_poisoned_batch(database_url: str) -> None:
    """A gift the database cannot take fails alone; its neighbours in the batch are posted."""
    await fund_viewers(database_url)
    connection = await connect(database_url)
    writer = GiftWriter(lambda: connect(database_url), await read_shards(connection), _clock)
    await writer.start()
    good = [GiftOrder(new_id(_clock), 2, 31, 31, 1, 1, 5) for _ in range(5)]
    poisoned = GiftOrder(new_id(_clock), 2, 31, 31, 1, 2**31 + 5, 5)
    answers = await asyncio.gather(*(writer.charge(order) for order in [*good, poisoned]), return_exceptions=True)
    await writer.stop()
    await connection.close()
    *posted, unknown = answers
    assert [answer.outcome for answer in posted if isinstance(answer, GiftOutcome)] == ["posted"] * 5
    assert isinstance(unknown, OutcomeUnknown)


async def test_seals_hold_from_release_to_release(owner_connection: OwnConnection) -> None:
    """A delivery sealed years ago is proved by the same bytes: ids, senders, receivers and their shares."""
    same = """
        select delivery_hash('before', 3, 4, array[
            row('00000000-0000-0000-0000-000000000001', 5, 7, 9, 11, 1, 1, 9, null, null, null, false, null, null,
                null)::gift_line,
            row('00000000-0000-0000-0000-000000000002', 6, 8, 10, null, 1, 1, 20, null, null, 'Thanks', true, 12, 500,
                array[row(8, 20, 0)::gift_share])::gift_line
        ]) = sha256('before' || int8send(3) || int8send(4)
            || array_send(array['00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002']::uuid[])
            || array_send(array[5, 6]::bigint[]) || array_send(array[7, 8]::bigint[])
            || array_send(array[9, 10]::bigint[]))
    """
    assert await owner_connection.fetchval(same)


async def test_what_an_audit_found_is_known_later_and_elsewhere(database: Database) -> None:
    async with database.read() as connection:
        assert await audit_runs.last(connection) is None
        report = await audit.run(connection)
    broken = msgspec.structs.replace(report.laws[0], broken=2, rows=[{"shard": 0}])
    worse = msgspec.structs.replace(report, laws=[broken, *report.laws[1:]])
    for one in (worse, *[report] * AUDIT_RUNS_KEPT, worse):
        async with database.transaction() as connection:
            await audit_runs.keep(connection, one)
    async with database.read() as connection:
        assert await audit_runs.last(connection) == worse
        assert await connection.fetchval("select array[count(*), sum(broken)] from audit_run") == [AUDIT_RUNS_KEPT, 1]


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, "2026-12-02T03:00", True),
        (None, "2026-12-02T06:00", False),
        ("2026-12-01T03:04", "2026-12-02T02:59", False),
        ("2026-12-01T03:04", "2026-12-02T03:00", True),
        ("2026-12-02T03:00", "2026-12-02T05:59", False),
        ("2026-12-01T03:04", "2026-12-02T05:05", True),
        ("2026-12-01T03:04", "2026-12-02T06:00", True),
        ("2026-12-01T05:04", "2026-12-02T06:30", False),
    ],
)
def test_the_audit_of_a_day_runs_once_and_is_made_up_for(last: str | None, now: str, *, due: bool) -> None:
    looked_at = datetime.fromisoformat(f"{last}+00:00") if last else None
    assert audit_runs.is_due(looked_at, datetime.fromisoformat(f"{now}+00:00"), 3) is due


async def test_one_process_runs_the_audit_of_a_day_and_all_see_it(database: Database) -> None:
    now = datetime.now(UTC)
    found = await asyncio.gather(*(audit_runs.run_due(database, now, now.hour) for _ in range(3)))
    assert [report.ok for report in found if report] == [True]
    async with database.read() as connection:
        (run,) = await audit_runs.find_all(connection, 2**31 - 1, 10)
        figures = await audit_runs.figures(connection)
    assert (run.by_itself, run.broken, run.took_ms is None) == (True, 0, False)
    assert figures is not None
    assert (figures.at, figures.clean_at) == (run.at, run.at)
