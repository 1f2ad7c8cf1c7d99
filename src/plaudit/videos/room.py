"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.videos",
    tables="video video_message_opt_in video_opt_in video_opt_out",
    held="holdings:HELD",
    erased_by="erase_videos",
    routers=("api:router",),
    pages=("videos", "studio_videos"),
    frames="frames:KINDS",
    refusals="refusals:REFUSALS",
)
