"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.feeds.webhooks",
    tables="webhook_delivery webhook_endpoint webhook_secret webhook_try",
    held="holdings:HELD",
    kept="retention:KEPT",
    erased_by="erase_webhooks",
    routers=("api:router",),
    sealed="signing:COLUMNS",
    jobs="jobs:webhook_jobs",
    queues="jobs:QUEUES",
    pages=("webhooks",),
    commands=(RoomCommand("webhook", "commands:webhook", "Say where events are told to, and try it."),),
)
