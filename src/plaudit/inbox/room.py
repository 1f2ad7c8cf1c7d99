"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.inbox",
    tables="webhook_event webhook_replay webhook_transition",
    held="holdings:HELD",
    kept="retention:KEPT",
    sealed="bodies:COLUMNS",
)
