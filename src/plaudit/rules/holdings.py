"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding, about_nobody

HELD = (
    Holding(
        table="age_assurance",
        codes="method source",
        personal="revoked_because",
        kind=kinds.PROFILE,
        of="person_id",
    ),
    Holding(
        table="person_subdivision",
        personal="country subdivision",
        kind=kinds.PLACES,
        of="person_id",
    ),
    Holding(
        table="rule_decision",
        codes="action outcome rule method source",
        personal="countries",
        kind=kinds.PLACES,
        of="person_id",
    ),
    Holding(table="rule_consent", codes="action", kind=kinds.GUARDIANS, of="person_id"),
    *about_nobody(policy_pack="country text note", rule_tally="rule outcome"),
)
