"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.readiness",
    tables="backup",
    jobs="jobs:readiness_jobs",
    pages=("setup",),
    commands=(
        RoomCommand("backup", "commands:backup", "Say that a backup was taken."),
        RoomCommand("check", "commands:check", "Say whether this installation can sell, and what mends it."),
        RoomCommand("setup", "setup_command:setup", "Walk through what an installation needs."),
    ),
)
