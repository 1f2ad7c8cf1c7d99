"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.rules",
    actions="model:ACTIONS",
)
