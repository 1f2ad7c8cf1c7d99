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
    Holding(table="store_guardian", codes="store state", personal="account", kind=kinds.GUARDIANS, of="person_id"),
    Holding(
        table="store_guardian_withdrawal",
        codes="store",
        personal="account",
        kind=kinds.GUARDIANS,
        where="(store, account) in (select c.store, c.account from store_guardian c where c.person_id = $1)",
    ),
    Holding(table="age_silence", codes="source", kind=kinds.PROFILE, of="person_id"),
    *about_nobody(policy_pack="country text note", rule_tally="rule outcome"),
)
