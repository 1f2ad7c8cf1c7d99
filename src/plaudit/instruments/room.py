"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.instruments",
    tables="instrument",
    held="holdings:HELD",
    erased_by="erase_instruments",
    routers=("api:router",),
    jobs="jobs:instrument_jobs",
)
