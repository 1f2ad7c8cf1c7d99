"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.earnings",
    tables="""
        earnings_country earnings_gift earnings_line earnings_month earnings_position earnings_series earnings_statement
        earnings_threshold
    """,
    held="holdings:HELD",
    routers=("api:router",),
    jobs="jobs:statement_jobs",
    pages=("statements",),
    commands=(RoomCommand("statements", "commands:statements", "Statements of creators, month by month."),),
)
