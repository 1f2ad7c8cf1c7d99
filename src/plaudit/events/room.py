"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.events",
    tables="event event_log event_waiting",
    held="holdings:HELD",
    kept="retention:KEPT",
    erased_by="erase_events",
)
