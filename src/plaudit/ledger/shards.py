"""Shards: how people are spread over the books. Fixed when a database is made."""

from plaudit.connections import Connection, fixed
from plaudit.statements import statements

SQL = statements(__file__)


class Shards:
    """How many shards this database has, and whose is whose."""

    __slots__ = ("count",)

    def __init__(self, count: int) -> None:
        self.count = count

    def of(self, person_id: int) -> int:
        """The shard of a person's wallet and gift balance; SQL says the same as `shard_of`."""
        return person_id % self.count

    def all(self) -> range:
        return range(self.count)


async def read_shards(connection: Connection) -> Shards:
    """The shards of this database."""
    ((count,),) = await fixed(connection, SQL["shard_count"])
    return Shards(count)


async def shard_of(connection: Connection, person_id: int) -> int:
    """The shard of a person's wallet, gift balance, quotes and orders."""
    return (await read_shards(connection)).of(person_id)
