"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.rules",
    tables="""age_assurance age_silence person_subdivision policy_pack rule_consent rule_decision rule_tally
        store_guardian store_guardian_withdrawal""",
    held="holdings:HELD",
    kept="retention:KEPT",
    erased_by="erase_rules",
    routers=("api:router",),
    pages=("rules", "packs"),
    actions="model:ACTIONS",
    decisions="decisions:KINDS",
    commands=(RoomCommand("rules", "commands:rules", "Lint rules of a country, and try them on real acts."),),
)
