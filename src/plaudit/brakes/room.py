"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.brakes",
    tables="brake_limit brake_pause brake_terms guardian_limit guardian_stop",
    held="holdings:HELD",
    erased_by="erase_brakes",
    routers=("api:router",),
    jobs="jobs:brake_jobs",
    pages=("limits",),
)
