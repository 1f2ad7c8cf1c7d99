"""What somebody came in by, and whether it still holds: whatever stays open as long as that, asks here."""

from collections.abc import Collection
from typing import Literal, NamedTuple
from uuid import UUID

from plaudit.clock import Clock
from plaudit.db import Connection, statements
from plaudit.people.model import Caller

SQL = statements(__file__)


class WayIn(NamedTuple):
    """A session, a server's key, a token's platform (the token itself cannot be ended), a token of an overlay, or a
    video that is shown in a state."""

    kind: Literal["session", "key", "issuer", "overlay", "video"]
    id: int | UUID | tuple[int, str]


def way_of(caller: Caller) -> WayIn:
    """What a caller came in by."""
    if caller.session_id is not None:
        return WayIn("session", caller.session_id)
    return WayIn("issuer", caller.issuer_id) if caller.key_id is None else WayIn("key", caller.key_id)


async def ways_over(connection: Connection, ways: Collection[WayIn], clock: Clock) -> set[WayIn]:
    """Those of some sessions, keys and platforms that no longer hold."""
    kinds, ids = [way.kind for way in ways], [way.id for way in ways]
    return {WayIn(row["kind"], row["id"]) for row in await connection.fetch(SQL["ways_over"], kinds, ids, clock.now())}
