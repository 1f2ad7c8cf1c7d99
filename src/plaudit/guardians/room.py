"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.guardians",
    tables="guardianship guardian_invitation",
    held="holdings:HELD",
    kept="retention:KEPT",
    erased_by="erase_guardians",
    routers=("api:router", "told_api:router"),
    pages=("guardians",),
)
