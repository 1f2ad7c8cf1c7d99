"""What breaks the laws of the trail."""

from plaudit.settings import Settings
from plaudit.trail import heads
from plaudit.trail.signing import SigningKey
from tests.integration.test_clawback import Stage


async def prepare(stage: Stage) -> None:
    """A head of all that there is; acts were written all the while."""
    house = stage.shop.desk.house
    assert await heads.sign(house.database, SigningKey(bytes(range(32))), Settings(), house.clock)


BREAKS = [
    ("acts_chain", "update act set record = replace(record::text, 'GrantCoins', 'ListItems')::json"),
    ("acts_chain", "update act_chain set last = last - 1"),
    ("acts_chain", "insert into act_unsealed (act_id) select act_id from act_seal"),
    ("heads_hold", 'update head set document = replace(document::text, \'"previous":"00\', \'"previous":"01\')::json'),
    (
        "heads_hold",
        "update act_seal set hash = sha256('another') where position = (select max(position) from act_seal)",
    ),
    ("heads_hold", "update delivery set hash = sha256('another')"),
]
