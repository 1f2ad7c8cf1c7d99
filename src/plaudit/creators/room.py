"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.creators",
    tables="clawback clawback_part conversion creator_setting reward_rule",
    held="holdings:HELD",
    routers=("api:router",),
    jobs="jobs:creator_jobs",
    queues="jobs:QUEUES",
    decisions="decisions:KINDS",
    pages=("studio", "taken_back", "rewards"),
)
