"""What breaks the laws of creators, and of what they cannot convert."""

from uuid import UUID

from plaudit.creators.debts import NewWriteOff, WriteOff
from plaudit.creators.decisions import DEBT_WRITE_OFF
from tests.integration.test_clawback import Stage
from tests.support.deciding import Table, confirmed
from tests.support.lots import GRANT
from tests.support.returns import Returns

CAME_BACK = "update clawback_part set returned_at = now(), diamonds_returned = diamonds, returned_pending = false, "
BREAKS = [
    ("reward_rules_are_decided", "update reward_rule set recorded_by = 1"),
    ("reward_rules_are_decided", confirmed("reward_rule", {})),
    ("conversions_equal_movements", "update transfer set amount = amount + 1 where reason = 'reward'"),
    ("conversions_equal_movements", "update transfer set credit_owner = 4 where reason = 'maturity'"),
    ("conversions_equal_movements", "update reward_rule set numerator = numerator + 1"),
    ("conversions_equal_movements", "update conversion set matures_at = converted_at"),
    (
        "conversions_equal_movements",
        """update reward_rule set effective_at = '2001-01-01Z';
        insert into reward_rule (version, numerator, denominator, maturity_s, coins_min, effective_at, recorded_at,
            note)
        select 1000 + version, numerator, denominator, maturity_s, coins_min, '2001-01-02Z', recorded_at, 'held'
        from reward_rule""",
    ),
    ("clawbacks_equal_movements", "update clawback_part set creator_id = creator_id + 1"),
    ("clawbacks_equal_movements", "update clawback set applied_at = null"),
    ("clawbacks_equal_movements", "update conversion set coins_clawed = 0, diamonds_clawed = 0"),
    ("applied_clawbacks_are_in_the_log", "delete from gift_log_reversal"),
    (
        "pending_diamonds_are_those_of_conversions",
        "update account set balance = balance + 1 where kind = 'diamonds_pending'",
    ),
    ("promotional_parts_are_of_granted_coins", "update promotional_part set coins = coins + 1"),
    ("promotional_parts_are_of_granted_coins", "delete from promotional_part"),
    ("promotional_parts_are_of_granted_coins", "update gift_balance set balance = 3"),
    (
        "frozen_rewards_stay_pending",
        """alter table freeze_record disable trigger user;
        insert into freeze_record (id, what, person_id, conversion_id, reason, frozen_at)
        select gen_random_uuid(), 'reward', creator_id, id, 'held', matured_at - interval '1 second'
        from conversion where matured_at is not null limit 1""",
    ),
    ("debts_are_let_off_by_decisions", "delete from debt_write_off"),
    ("debts_are_let_off_by_decisions", "update debt_write_off set diamonds = diamonds + 1"),
    ("debts_are_let_off_by_decisions", "update transfer set amount = amount + 1 where reason = 'debt_written_off'"),
    ("debts_are_let_off_by_decisions", CAME_BACK + "diamonds_recovered = 1 where diamonds > 0"),
    ("debts_are_let_off_by_decisions", CAME_BACK + "diamonds_recovered = diamonds where diamonds > 0"),
]


async def prepare(stage: Stage) -> None:
    """A gift of granted coins, and a debt of which a part is written off."""
    table = Table(stage.shop.desk.house.database, stage.shop.clock)
    part = NewWriteOff(creator_id=str(stage.creator_id), diamonds=100, reason="a part of it")
    assert isinstance(await table.confirm(DEBT_WRITE_OFF, await table.propose(DEBT_WRITE_OFF, part)), WriteOff)
    carl = await Returns.of(stage.shop, "carl")
    async with stage.shop.desk.house.database.transaction() as connection:
        await connection.execute(GRANT, carl.person_id, UUID(stage.id()), 7, stage.shop.clock.now(), None)
    await stage.give(carl, 7)
