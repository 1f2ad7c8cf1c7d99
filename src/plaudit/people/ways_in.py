"""What somebody came in by, and whether it still holds: whatever stays open as long as that, asks here."""

from collections.abc import Collection
from typing import Literal, NamedTuple
from uuid import UUID

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.people.model import Caller
from plaudit.statements import statements

SQL = statements(__file__)


CHANNEL = "plaudit_ways_in"
"""Where the database tells `<kind>:<id>` of each that ends, whoever ended it."""
TOLD = ("session", "key", "issuer", "person", "roles")
_POLLED = frozenset({"session", "key", "issuer"})


class WayIn(NamedTuple):
    """A session, a server's key, a platform, a person (who is what they are by their roles, of which `person` says that
    some are gone and `roles` that there are more), a token of an overlay, or a video that is shown in a state."""

    kind: Literal["session", "key", "issuer", "person", "roles", "overlay", "video"]
    id: int | UUID | tuple[int, str]


def ways_of(caller: Caller) -> frozenset[WayIn]:
    """All that somebody is here by: when one of them ends, so does what is open of them. A token cannot be ended; its
    platform can, and what its person may be."""
    ways = {WayIn("issuer", caller.issuer_id)}
    if caller.person_id:
        ways.add(WayIn("person", caller.person_id))
    if caller.session_id is not None:
        ways.add(WayIn("session", caller.session_id))
    if caller.acting_key is not None:
        ways.add(WayIn("key", caller.acting_key))
    return frozenset(ways)


def told_way(text: str) -> WayIn | None:
    """The way in that a notification names; None: it names none that is known here."""
    kind, _, number = text.partition(":")
    return WayIn(kind, int(number)) if kind in TOLD and number.isdecimal() else None  # type: ignore[arg-type]  # one of TOLD


async def ways_over(connection: Connection, ways: Collection[WayIn], clock: Clock) -> set[WayIn]:
    """Those of some sessions, keys and platforms that no longer hold."""
    asked = [way for way in ways if way.kind in _POLLED]
    kinds, ids = [way.kind for way in asked], [way.id for way in asked]
    return {WayIn(row["kind"], row["id"]) for row in await connection.fetch(SQL["ways_over"], kinds, ids, clock.now())}
