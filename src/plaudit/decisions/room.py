"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.decisions",
    tables="decision decision_bound decision_bound_widest decision_bound_withdrawal decision_seen person_link",
    held="holdings:HELD",
    erased_by="erase_decisions",
    routers=("api:router", "bounds_api:router", "links_api:router"),
    decisions="bounds:KINDS",
    pages=("decisions", "bounds", "links"),
    commands=(RoomCommand("bound", "commands:bound", "Say how far bounds of decisions may go."),),
)
