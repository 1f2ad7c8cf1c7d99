"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.check_codes",
    tables="check_code_key",
    held="holdings:HELD",
)
