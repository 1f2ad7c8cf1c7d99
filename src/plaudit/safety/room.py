"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.safety",
    tables="instrument_in_use",
    commands=(RoomCommand("safety", "commands:safety", "Measure the rules by which fraud is looked for."),),
)
