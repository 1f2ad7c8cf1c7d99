"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.readiness",
    tables="backup backup_trial",
    held="holdings:HELD",
    jobs="jobs:readiness_jobs",
    pages=("setup",),
    commands=(
        RoomCommand("backup", "commands:backup", "Say that a backup was taken, or tried."),
        RoomCommand("check", "commands:check", "Say whether this installation can sell, and what mends it."),
        RoomCommand("restored", "restored:restored", "Begin anew after the database went back to an earlier moment."),
        RoomCommand("setup", "setup_command:setup", "Walk through what an installation needs."),
    ),
)
