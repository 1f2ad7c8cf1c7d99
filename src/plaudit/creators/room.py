"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.creators",
    tables="clawback clawback_part conversion creator_setting debt_write_off reward_rule",
    held="holdings:HELD",
    erased_by="erase_creators",
    routers=("api:router", "debts_api:router"),
    jobs="jobs:creator_jobs",
    queues="jobs:QUEUES",
    decisions="decisions:KINDS",
    pages=("studio", "taken_back", "rewards", "debts"),
)
