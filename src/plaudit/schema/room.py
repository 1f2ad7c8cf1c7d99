"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.schema",
    tables="audit_run migration",
    held="holdings:HELD",
    jobs="jobs:audit_jobs",
    commands=(
        RoomCommand("audit", "commands:audit", "Prove that the books balance."),
        RoomCommand("migrate", "migrate:migrate", "Bring a database to this version of Plaudit."),
    ),
)
