"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.selling.inbox",
    tables="store_void_poll webhook_event webhook_replay webhook_transition",
    pages=("money_in",),
    queues="jobs:QUEUES",
)
