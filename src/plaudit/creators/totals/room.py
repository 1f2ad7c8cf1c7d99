"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.creators.totals",
    tables="creator_total",
    held="holdings:HELD",
    routers=("api:router",),
    jobs="jobs:totals_jobs",
    pages=("totals",),
    followers=("creators.totals",),
    commands=(RoomCommand("totals", "commands:totals", "Sum again what creators received."),),
)
