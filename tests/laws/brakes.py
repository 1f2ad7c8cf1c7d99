"""What breaks the law of brakes."""

from plaudit.brakes import actions
from plaudit.brakes.model import Kind, NewLimit
from plaudit.ids import new_id
from tests.integration.test_clawback import Stage

LAW = "brakes_count_what_was_given"
BREAKS = [
    (LAW, "update brake set day_mark = day_mark - 1"),
    (LAW, "update brake set is_shared = true"),
    (LAW, "update wallet set brake_id = 1, given = 0, given_spent = 0, next_coin_worth = 0 where brake_id is null"),
    (LAW, "update brake_creator set given = given + 1"),
]


async def prepare(stage: Stage) -> None:
    """Somebody has limits, and gave."""
    desk, clock = stage.shop.desk, stage.shop.clock
    person_id = await desk.person_id("bob")
    async with desk.house.database.transaction() as connection:
        for kind in (Kind.DAY, Kind.CREATOR):
            new = NewLimit(id=new_id(clock), amount_minor=100_000, currency="GBP")
            await actions.set_limit(connection, clock, desk.house.prices, person_id, kind, new, may_raise=True)
