"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(package="plaudit.exchange", tables="exchange_rate", held="holdings:HELD", jobs="jobs:exchange_jobs")
