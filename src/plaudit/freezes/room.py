"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.freezes",
    tables="freeze_record",
    held="holdings:HELD",
    erased_by="erase_freezes",
    routers=("api:router",),
    pages=("freezes",),
)
