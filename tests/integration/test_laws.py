"""Every law of the audit finds what it is there to find: those of the rooms above the ledger, broken on purpose."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from plaudit.creators.totals import actions as totals
from plaudit.db import OwnConnection
from plaudit.ledger.following import follow
from plaudit.people.model import Role
from plaudit.schema import audit
from plaudit.selling.providers.base import ReversalState
from tests.integration import test_accounting, test_audit
from tests.integration.test_clawback import Stage, open_stage
from tests.support.returns import Returns

pytestmark = pytest.mark.sql

# A law that is a union has a break for each of its parts.
BREAKS = [
    ("conversions_equal_movements", "update transfer set amount = amount + 1 where reason = 'reward'"),
    ("conversions_equal_movements", "update reward_rule set numerator = numerator + 1"),
    ("clawbacks_equal_movements", "update clawback_part set creator_id = creator_id + 1"),
    ("clawbacks_equal_movements", "update clawback set applied_at = null"),
    ("clawbacks_equal_movements", "update conversion set coins_clawed = 0, diamonds_clawed = 0"),
    ("applied_clawbacks_are_in_the_log", "delete from gift_log_reversal"),
    ("totals_equal_the_log", "update creator_total set coins_received = coins_received + 1 where by = 'item'"),
    ("totals_equal_the_log", "update creator_total set coins_taken_back = coins_taken_back - 1 where by = 'day'"),
    (
        "pending_diamonds_are_those_of_conversions",
        "update account set balance = balance + 1 where kind = 'diamonds_pending'",
    ),
    ("payouts_equal_movements", "update payout set diamonds = diamonds + 1"),
    ("payouts_equal_movements", "update payout set state = 'approved', previous_state = 'requested'"),
    (
        "manual_payouts_are_exported",
        """insert into payout_bank_outcome (shard, payout_id, outcome, reference, recorded_at, recorded_by)
        select shard, id, 'paid', 'none', changed_at, 1 from payout""",
    ),
    (
        "manual_payouts_are_exported",
        "insert into payout_export_item (shard, payout_id, export_number) select shard, id, 1 from payout",
    ),
    (
        "manual_payouts_are_exported",
        """insert into payout_event (shard, payout_id, from_state, to_state, at, actor, actor_id)
        select shard, id, 'approved', 'sent', changed_at, 'operator', 1 from payout""",
    ),
    (
        "manual_payouts_are_exported",
        """insert into payout_event (shard, payout_id, from_state, to_state, at, actor, actor_id)
        select shard, id, 'sent', 'paid', changed_at, 'operator', 1 from payout""",
    ),
    ("orders_equal_movements", "update lot set price_minor = price_minor + 1 where kind = 'paid'"),
    ("orders_equal_movements", "delete from receipt"),
    ("papers_have_no_gaps", "update paper_counter set last_number = last_number + 1"),
    ("papers_have_no_gaps", "update credit_note set number = number + 1"),
    ("reversals_equal_movements", "update reversal set tax_minor = tax_minor + 1, net_minor = net_minor - 1"),
    ("no_order_is_over_refunded", "update order_reversed set reversed_coins = reversed_coins - 1"),
    ("reversals_take_coins_of_their_order", "update lot_reversal set put_back_at = taken_at"),
    ("stores_are_told_of_coins", "update quote set channel = 'apple'"),
    (
        "stores_are_told_of_coins",
        """insert into store_finishing (shard, order_id, provider, payment_id, enqueued_at, due_at)
        select shard, order_id, provider, 'none', created_at, created_at from recharge_order where state = 'pending'""",
    ),
    ("credit_notes_equal_reversals", "update credit_note set kind = 'chargeback'"),
    (
        "store_transactions_pay_their_orders",
        """insert into store_transaction (provider, environment, transaction_id, state, shard, order_id, account_token,
            product_id, quantity, coins, amount_minor, currency, noticed_at, changed_at)
        select provider, 'Sandbox', order_id, 'claimed', shard, order_id, '', '', 1, 1, 1, 'USD', created_at, created_at
        from recharge_order""",
    ),
    ("receipts_say_what_was_sold", "update receipt set coins = coins + 1"),
    ("receipts_say_what_was_sold", "update receipt set tax_minor = tax_minor + 1, net_minor = net_minor - 1"),
    ("grants_are_promotional_lots", "update coin_grant set coins = coins + 1"),
]
LAWS = {law.name: law for law in audit.laws()}


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """A world with a row for every law: sold, given, converted, paid out, taken back, clawed back, given away."""
    async with open_stage(database_url, tmp_path) as opened:
        ada, bob = await Returns.of(opened.shop, "ada"), await Returns.of(opened.shop, "bob")
        disputed, withdrawn = await ada.buy(6_000), await bob.buy(300)
        await opened.give(ada, 6_000)
        await opened.earn()
        await opened.cash_out(5_500)
        await opened.give(bob, 100)
        converted = await opened.creator.post("/v1/conversions", json={"id": opened.id(), "all": True})
        assert converted.status_code == 201, converted.text
        await opened.dispute(ada, disputed, ReversalState.OPENED)
        assert (await bob.withdraw(withdrawn, coins=50)).json()["state"] == "done"
        await opened.shop.order(bob.buyer)
        olga = await opened.shop.desk.person("olga", Role.OPERATOR)
        present = {"id": opened.id(), "person_id": str(ada.person_id), "coins": 5, "reason": "For a broken evening."}
        assert (await olga.post("/v1/operator/grants", json=present)).status_code == 201
        house = opened.shop.desk.house
        await follow(house.database, house.shards, totals.FOLLOWER, totals.add_entries)
        yield opened


async def test_each_law_of_the_rooms_can_be_broken(stage: Stage, owner_connection: OwnConnection) -> None:
    """Each break is rolled back, so that one world serves them all."""
    assert [law.name for law in (await audit.run(owner_connection)).laws if law.broken] == []
    unseen = []
    for law, statement in BREAKS:
        transaction = owner_connection.transaction()
        await transaction.start()
        await owner_connection.execute("set local session_replication_role = replica")  # no trigger stands in the way
        await owner_connection.execute(statement)
        if not await owner_connection.fetch(LAWS[law].sql):
            unseen.append((law, statement))
        await transaction.rollback()
    assert unseen == []


def test_no_law_is_untried() -> None:
    names = [law.name for law in audit.laws()]
    assert len(names) == len(LAWS), "two laws have one name"
    tried = {*test_audit.BREAKS, *test_accounting.BREAKS, *(law for law, _ in BREAKS)}
    assert tried == LAWS.keys()
    assert [law.name for law in LAWS.values() if not law.statement] == [], "a law says in its first line what holds"
