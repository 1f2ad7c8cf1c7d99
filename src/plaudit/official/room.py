"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.official",
    tables="scam_report",
    held="holdings:HELD",
    kept="retention:KEPT",
    erased_by="erase_official",
    routers=("api:router", "public_api:router", "scams_api:router"),
    pages=("verify", "scams"),
    commands=(RoomCommand("official", "commands:official", "What this server says of itself to anybody, signed."),),
)
