"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.feeds.gifts",
    tables="event_combo",
    held="holdings:HELD",
    jobs="jobs:gift_event_jobs",
    followers=("events.gifts",),
)
