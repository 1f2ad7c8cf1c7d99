"""Nothing is made out of nothing: a movement without its cause is found, whatever it is called."""

import asyncpg
import pytest

from plaudit.clock import SystemClock
from plaudit.connections import OwnConnection, connect
from plaudit.ids import new_id
from plaudit.schema import audit
from tests.support.databases import names_of_broken
from tests.support.lots import GRANT

pytestmark = pytest.mark.sql

_clock = SystemClock()
LAW_OF = {
    **dict.fromkeys(
        ("recharge", "sale", "sale_tax", "sale_fee", "sale_fee_more", "sale_fee_less"), "orders_equal_movements"
    ),
    "promotion": "grants_are_promotional_lots",
    "expiry": "lots_equal_their_intervals",
    **dict.fromkeys(("reversal", "reversal_undone"), "reversals_claim_coins_once"),
    **dict.fromkeys(("conversion", "reward", "maturity"), "conversions_equal_movements"),
    **{
        f"{reason}{undone}": "reversals_equal_movements"
        for reason in ("refund", "refund_tax", "refund_fee", "refund_excess", "dispute_fee")
        for undone in ("", "_undone")
    },
    **{
        f"clawback_{part}{undone}": "clawbacks_equal_movements"
        for part in ("coins", "pending", "available")
        for undone in ("", "_returned")
    },
    **dict.fromkeys(("debt_written_off", "write_off_recovered"), "debts_are_let_off_by_decisions"),
    **{
        f"payout_{what}": "payouts_equal_movements"
        for what in ("requested", "paid", "given_back", "returned", "money", "fee", "money_returned", "fee_returned")
    },
}
"""The law that finds a movement of each reason without its cause."""
OF_OTHER_TABLES = {"gift", "delivery"}
ORPHAN = """
insert into transfer (shard, reference, reason, debit_kind, debit_owner, credit_kind, credit_owner, asset, amount,
    posted_at)
select 0, gen_random_uuid(), r.reason, r.debit_kind, case when r.debit_kind = any ($2) then 4 else 0 end, r.credit_kind,
    case when r.credit_kind = any ($2) then 4 else 0 end,
    case k.asset_class when 'coin' then 'COIN' when 'diamond' then 'DIAMOND' else 'GBP' end, 7, now()
from transfer_reason r join account_kind k on k.kind = r.debit_kind where r.reason = $1
"""
OF_PERSONS = ["wallet", "gift_balance", "diamonds_pending", "diamonds_available", "diamonds_in_payout",
    "diamonds_redeemed", "creators_paid"]  # fmt: skip


@pytest.mark.audit_off
async def test_a_movement_without_a_cause_is_found_whatever_its_reason(owner_connection: OwnConnection) -> None:
    """A reason that is new needs a law, and a line here."""
    reasons = {row["reason"] for row in await owner_connection.fetch("select reason from transfer_reason")}
    assert reasons == LAW_OF.keys() | OF_OTHER_TABLES
    laws = {law.name: law for law in audit.laws()}
    unseen = []
    for reason, law in LAW_OF.items():
        transaction = owner_connection.transaction()
        await transaction.start()
        assert await owner_connection.execute(ORPHAN, reason, OF_PERSONS) == "INSERT 0 1"
        if await names_of_broken(owner_connection, [laws[law]]) != [law]:
            unseen.append((reason, law))
        await transaction.rollback()
    assert unseen == []


async def test_a_movement_is_between_accounts_of_their_kind(owner_connection: OwnConnection) -> None:
    """The platform has no person's wallet, and nobody an account of the platform; gifts have a table of their own."""
    impossible = [
        *((reason, [*OF_PERSONS, "clearing"], "transfer_is_no_gift|transfer_has_owners") for reason in OF_OTHER_TABLES),
        ("recharge", [], "transfer_has_owners"),
        ("recharge", ["coins_issued", "wallet"], "transfer_has_owners"),
    ]
    for reason, owned, constraint in impossible:
        with pytest.raises(asyncpg.CheckViolationError, match=constraint):
            await owner_connection.execute(ORPHAN, reason, owned)


async def test_nobody_mints(database_url: str) -> None:
    """Not with all that the application may call."""
    mint = "select fund(shard_of($1), $1, $2, 'promotional', 'promotion', $3, null, null, $4, $5)"
    sale = mint.replace("'promotional', 'promotion', $3, null, null", "'paid', 'recharge', $3, 99, 'USD'")
    too_much = GRANT.replace("$1, $3, 'for", "$1, $3 - 1, 'for")
    somebody_elses = GRANT.replace("$1, $3, 'for", "$1 + 2, $3, 'for")
    connection = await connect(database_url)
    for minted in (mint, sale, too_much, somebody_elses):
        with pytest.raises(
            (asyncpg.CheckViolationError, asyncpg.ForeignKeyViolationError),
            match=r"neither paid for nor granted|grant_is_a_lot",
        ):
            await connection.execute(minted, 4, new_id(_clock), 10, _clock.now(), None)
    assert await connection.fetchval("select count(*) from lot") == 0
    await connection.close()


async def test_nobody_makes_diamonds(database_url: str) -> None:
    """Not with all that the application may call: neither out of nothing nor earlier or at another rule than holds."""
    connection = await connect(database_url)
    post = "select post(shard_of($1), $2, '{}', {}, $1, 'DIAMOND', $3, $4)"
    for reason in ("reward", "clawback_pending_returned", "clawback_available_returned", "debt_written_off"):
        with pytest.raises(asyncpg.CheckViolationError, match=f"{reason} of 10 diamonds has no cause"):
            await connection.execute(post.format(reason, 0), 4, new_id(_clock), 10, _clock.now())
    converted = """insert into conversion (shard, id, creator_id, coins, diamonds, rule_version, converted_at,
            matures_at)
        select shard_of($1), $2, $1, $3::bigint, div($3::bigint * numerator, denominator::numeric) + $4, version, $5,
            $5::timestamptz + make_interval(secs => maturity_s - $6) from reward_rule order by version limit 1"""
    for more, sooner_s in ((1, 0), (0, 1)):
        with pytest.raises(asyncpg.CheckViolationError, match="at the rule that holds"):
            await connection.execute(converted, 4, new_id(_clock), 1_000, more, _clock.now(), sooner_s)
    transaction, conversion_id = connection.transaction(), new_id(_clock)
    await transaction.start()
    await connection.execute(converted, 4, conversion_id, 1_000, 0, _clock.now(), 0)
    await connection.execute(post.format("reward", 0), 4, conversion_id, 1_000, _clock.now())
    with pytest.raises(asyncpg.CheckViolationError, match="reward of 1000 diamonds has no cause"):
        await transaction.commit()  # its coins stayed where they were
    await connection.close()


@pytest.mark.audit_off
async def test_a_mint_behind_the_back_of_the_books_is_found(owner_connection: OwnConnection) -> None:
    """All sums agree: what is missing is why."""
    await owner_connection.execute("alter table lot disable trigger lot_has_a_cause")
    mint = "select fund(shard_of($1), $1, $2, $3, $4, 10, $5, $6, $7)"
    for kind, reason, price_minor, law in (
        ("promotional", "promotion", None, "grants_are_promotional_lots"),
        ("paid", "recharge", 99, "orders_equal_movements"),
        ("promotional", "recharge", None, "lots_equal_their_intervals"),
    ):
        transaction = owner_connection.transaction()
        await transaction.start()
        currency = price_minor and "USD"
        await owner_connection.execute(mint, 4, new_id(_clock), kind, reason, price_minor, currency, _clock.now())
        assert law in await names_of_broken(owner_connection, audit.laws()), (kind, reason)
        await transaction.rollback()
