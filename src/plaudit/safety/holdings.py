"""What this room's tables hold of people. No export shows what is looked into: it would help who must not be helped
(GDPR, Article 15 (4) and 23)."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding, about_nobody

_NEVER = "person_id = $1 and false"

HELD = (
    *about_nobody(safety_freeze=""),
    Holding(table="safety_flow", kind=kinds.COINS, where="viewer_id = $1"),
    Holding(table="safety_told", kind=kinds.SAFETY, where=_NEVER),
    Holding(table="safety_due", hidden="failed_with error", kind=kinds.SAFETY, where=_NEVER),
    Holding(table="safety_case", codes="outcome notice", hidden="reason", kind=kinds.SAFETY, where=_NEVER),
    Holding(table="safety_finding", codes="rule", hidden="subject sentence evidence", kind=kinds.SAFETY, where=_NEVER),
    Holding(table="safety_step", codes="kind", hidden="reason lifted_because", kind=kinds.SAFETY, where=_NEVER),
    Holding(table="safety_appeal", personal="text answer", kind=kinds.SAFETY, of="person_id"),
    Holding(
        table="link_proposal",
        codes="verdict",
        hidden="kinds",
        kind=kinds.SAFETY,
        where="(person_id = $1 or other_id = $1) and false",
    ),
    Holding(table="safety_entry", codes="kind", hidden="text", kind=kinds.SAFETY),
)
