"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.disclosure",
    routers=("api:router",),
    pages=("coins", "months", "refunds"),
)
