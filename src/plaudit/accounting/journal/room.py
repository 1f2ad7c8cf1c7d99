"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.accounting.journal",
    tables="general_account general_account_kind general_entry general_line",
    held="holdings:HELD",
    routers=("api:router",),
    commands=(RoomCommand("journal", "commands:journal", "General journal in double entry, balances and accounts."),),
)
