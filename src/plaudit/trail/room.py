"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.trail",
    tables="act act_chain act_seal act_unsealed head head_key",
    held="holdings:HELD",
    routers=("api:router", "public_api:router"),
    jobs="jobs:trail_jobs",
    pages=("trail",),
    commands=(
        RoomCommand("trail", "commands:trail", "Who did what: search, export, and signed heads of all chains."),
        RoomCommand("verify", "verify_command:verify", "Prove published heads and exports, without a database."),
    ),
)
