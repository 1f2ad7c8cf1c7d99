"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.official",
    routers=("api:router", "public_api:router"),
    pages=("verify",),
    commands=(RoomCommand("official", "commands:official", "What this server says of itself to anybody, signed."),),
)
