"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(package="plaudit.freezes", tables="freeze_record", routers=("api:router",), pages=("freezes",))
