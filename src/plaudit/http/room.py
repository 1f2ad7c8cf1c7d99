"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.http",
    routers=("health:router", "metrics:router", "docs:router", "static:router", "brand:router"),
    jobs="jobs:process_jobs",
    commands=(
        RoomCommand("asyncapi", "commands:asyncapi", "Print the description of the room socket."),
        RoomCommand("config", ".config:config", "Print which settings hold, and where each was found."),
        RoomCommand("openapi", "commands:openapi", "Print the description of the API."),
        RoomCommand("serve", "commands:serve", "Run the API, the pages, the sockets and the deliverers."),
        RoomCommand("serve-worker", "commands:serve_worker", ""),
    ),
)
