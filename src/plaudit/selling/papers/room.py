"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.selling.papers",
    tables="credit_note paper_counter paper_kind receipt",
    held="holdings:HELD",
    pages=("receipts",),
)
