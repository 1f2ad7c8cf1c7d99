"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.admission",
    tables="admission",
    held="holdings:HELD",
    routers=("api:router",),
    decisions="decisions:KINDS",
    pages=("access", "keys", "platforms"),
)
