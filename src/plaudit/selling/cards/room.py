"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.selling.cards",
    tables="card_consent card_customer saved_card",
    held="holdings:HELD",
    erased_by="erase_cards",
    pages=("cards",),
    queues="jobs:QUEUES",
)
