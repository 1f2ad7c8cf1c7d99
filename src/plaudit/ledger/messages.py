"""Words of gifts that are taken away again. The gift stays, and who took them is kept."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from plaudit.connections import Connection
from plaudit.statements import statements

SQL = statements(__file__)

RemovedBy = Literal["creator", "platform"]
"""As what somebody took words away; an operator and a server of the platform are the platform."""


class Remover(msgspec.Struct, frozen=True):
    """Who takes words away: a person, or a server by its key."""

    removed_by: RemovedBy
    person_id: int | None
    key_id: int | None


async def remove_message(
    connection: Connection, shard: int, viewer_id: int, gift_id: UUID, seq: int, remover: Remover, at: datetime
) -> bool:
    """Take the words from a gift of a viewer, and from frame `seq` of its room or video, which shows it. False: it has
    none, or not any more."""
    wanted = (shard, viewer_id, gift_id, seq, *msgspec.structs.astuple(remover), at)
    removed: bool = await connection.fetchval(SQL["remove_message"], *wanted)
    return removed
