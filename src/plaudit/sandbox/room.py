"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.sandbox",
    commands=(RoomCommand("sandbox", "app:sandbox", "Run the pretend payment and payout provider."),),
)
