"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.ages",
    tables="age_request",
    held="holdings:HELD",
    erased_by="erase_ages",
    routers=("api:router",),
    jobs="jobs:age_jobs",
    pages=("age",),
)
