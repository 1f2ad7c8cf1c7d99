"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.selling.stores",
    tables="consumption_request store_consent store_link_report store_transaction",
    held="holdings:HELD",
    erased_by="erase_stores",
    pages=("stores",),
    queues="jobs:QUEUES",
)
