"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.policy",
    tables="region_decision",
    held="holdings:HELD",
    kept="retention:KEPT",
    erased_by="erase_policy",
)
