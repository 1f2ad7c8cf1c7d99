"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.selling.inbox",
    tables="store_void_poll",
    held="holdings:HELD",
    pages=("money_in",),
    queues="jobs:QUEUES",
)
