"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.videos.given",
    tables="video_total video_subtotal",
    held="holdings:HELD",
    routers=("api:router",),
    jobs="jobs:given_jobs",
    followers=("videos.given",),
    commands=(RoomCommand("video-totals", "commands:video_totals", "Sum again what was given on videos."),),
)
