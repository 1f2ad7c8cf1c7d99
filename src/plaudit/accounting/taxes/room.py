"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.accounting.taxes",
    tables="tax_paper",
    routers=("api:router",),
    pages=("taxes",),
    commands=(RoomCommand("taxes", "commands:taxes", "Tax return of a period, and lists of its papers."),),
)
