"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.selling",
    routers=("api:ROUTERS",),
    jobs="jobs:selling_jobs",
)
