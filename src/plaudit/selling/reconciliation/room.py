"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.selling.reconciliation",
    tables="""
        difference_kind difference_transition reconciliation_difference reconciliation_run reconciliation_sum
    """,
    held="holdings:HELD",
    commands=(RoomCommand("reconcile", "commands:reconcile", "Compare a day with what a payment provider lists."),),
    queues="jobs:QUEUES",
)
