"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.accounting",
    tables="""
        accounting_creator_day accounting_day accounting_lot accounting_lot_day accounting_lot_figure accounting_money
        accounting_position accounting_reopening
    """,
    held="holdings:HELD",
    routers=("api:router",),
    jobs="jobs:accounting_jobs",
    pages=("accounting", "prepaid"),
    commands=(RoomCommand("accounting", "commands:accounting", "Roll-forward and unspent balances for accountants."),),
)
