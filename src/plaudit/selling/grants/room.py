"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.selling.grants",
    tables="coin_grant",
    held="holdings:HELD",
    erased_by="erase_grants",
    decisions="decisions:KINDS",
    pages=("grants",),
)
