"""What breaks the laws of what creators received."""

from plaudit.creators.totals import actions as totals
from plaudit.ledger.following import follow
from tests.integration.test_clawback import Stage

BREAKS = [
    ("totals_equal_the_log", "update creator_total set coins_received = coins_received + 1 where by = 'item'"),
    ("totals_equal_the_log", "update creator_total set coins_taken_back = coins_taken_back - 1 where by = 'day'"),
]


async def prepare(stage: Stage) -> None:
    """All that was given is summed."""
    house = stage.shop.desk.house
    await follow(house.database, totals.FOLLOWER, totals.add_entries)
