"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding, about_nobody

HELD = (
    Holding(
        table="decision",
        codes="kind subject outcome",
        hidden="content content_sha256 before note reason",
        kind=kinds.WORK,
        where="proposed_by = $1 or decided_by = $1 or beneficiary_id = $1",
    ),
    Holding(table="decision_seen", kind=kinds.WORK, of="seen_by"),
    Holding(
        table="person_link", hidden="note ended_because", kind=kinds.SAFETY, where="person_id = $1 or other_id = $1"
    ),
    Holding(table="decision_bound_withdrawal", codes="name", hidden="reason", kind=kinds.WORK, of="withdrawn_by"),
    *about_nobody(decision_bound="name", decision_bound_widest="name note"),
)
