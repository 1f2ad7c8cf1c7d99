"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.mail",
    tables="mail",
    held="holdings:HELD",
    kept="retention:KEPT",
    erased_by="erase_mail",
    routers=("api:router",),
    queues="outbox:QUEUES",
    pages=("mails",),
    commands=(RoomCommand("mail", "commands:mail", "Try the mail server."),),
)
