"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.backlog",
    routers=("api:router",),
    pages=("queues",),
    commands=(RoomCommand("queues", "commands:queues", "Say how much waits in each queue, and what failed."),),
)
