"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.people",
    tables="allowance_taken api_key issuer logout_token person person_email person_move role_grant session "
    "sign_in_code",
    held="holdings:HELD",
    kept="retention:KEPT",
    erased_by="erase_people",
    routers=("api:router", "told_api:router", "own_sessions_api:router"),
    jobs="jobs:people_jobs",
    pages=("people", "sign_in", "moves"),
    commands=(
        RoomCommand("issuer", "issuer_commands:issuer", "Say whose tokens are accepted, and how they are read."),
        RoomCommand("key", "key_commands:key", "Make, list, rotate and revoke API keys of servers."),
        RoomCommand("operator", "commands:operator", "Say who may run the economy."),
        RoomCommand("token", "commands:token", "Mint a token for development."),
    ),
)
