"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.gifts.catalogue",
    tables="art catalogue item item_version",
    held="holdings:HELD",
    pages=("catalogue",),
    commands=(RoomCommand("catalogue", "commands:catalogue", "Export, lint and import what can be given."),),
)
