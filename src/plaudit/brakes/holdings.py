"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding

HELD = (
    Holding(table="brake_limit", codes="kind", kind=kinds.LIMITS, of="person_id"),
    Holding(table="guardian_limit", codes="kind", kind=kinds.GUARDIANS, of="person_id"),
    Holding(table="guardian_stop", kind=kinds.GUARDIANS, of="person_id"),
    Holding(table="brake_pause", codes="kind", kind=kinds.LIMITS, of="person_id"),
    Holding(table="brake_terms", codes="currency time_zone", kind=kinds.LIMITS, of="person_id"),
)
