"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="tests.support.added_room",
    tables="wish",
    routers=("api:router",),
    frames="frames:KINDS",
    followers=("wishes",),
    commands=(RoomCommand("wishes", "commands:wishes", "Say what is wished for."),),
)
