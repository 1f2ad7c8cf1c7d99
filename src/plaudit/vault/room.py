"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.vault",
    tables="vault_key",
    held="holdings:HELD",
    commands=(RoomCommand("vault", "commands:vault", "Look after the keys that lock secrets in the database."),),
)
