"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(package="plaudit.selling.links", tables="store_link store_link_order", held="holdings:HELD")
