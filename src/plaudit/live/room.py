"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.live",
    tables="overlay_token room thank",
    routers=("api:router",),
    pages=("rooms", "overlay"),
)
