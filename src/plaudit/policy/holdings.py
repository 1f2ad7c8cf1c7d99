"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding

HELD = (
    Holding(
        table="region_decision",
        codes="kind payment_id outcome region quoted_region sought_region basis reasons databases",
        personal="evidence network",
        kind=kinds.PLACES,
        of="person_id",
    ),
)
