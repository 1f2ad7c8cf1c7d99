"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.safety",
    tables="safety_flow safety_told safety_due safety_case safety_finding safety_step safety_entry"
    " safety_freeze safety_appeal link_proposal instrument_in_use",
    held="holdings:HELD",
    erased_by="erase_safety",
    routers=("api:router", "desk_api:router", "people_api:router"),
    jobs="jobs:safety_jobs",
    queues="looking:QUEUES",
    pages=("safety", "appeal"),
    followers=("safety",),
    commands=(RoomCommand("safety", "commands:safety", "Measure the rules by which fraud is looked for."),),
)
