"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.bench",
    commands=(RoomCommand("bench", "commands:bench", "Measure charge, http, socket or fanout."),),
)
