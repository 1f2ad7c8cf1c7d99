"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.freezes", tables="freeze_record", held="holdings:HELD", routers=("api:router",), pages=("freezes",)
)
