"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.demo",
    commands=(RoomCommand("demo", "commands:demo", "Run everything with believable people, on this machine."),),
)
