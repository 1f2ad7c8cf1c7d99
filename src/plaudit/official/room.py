"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.official",
    routers=("api:router",),
    pages=("verify",),
)
