"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.live",
    tables="overlay_token room room_viewers thank",
    held="holdings:HELD",
    kept="retention:KEPT",
    erased_by="erase_live",
    routers=("api:router",),
    pages=("rooms", "overlay"),
)
