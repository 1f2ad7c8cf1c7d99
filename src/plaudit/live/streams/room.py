"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.live.streams",
    tables="stream stream_key",
    held="holdings:HELD",
    erased_by="erase_streams",
    routers=("api:router",),
    jobs="jobs:stream_jobs",
)
