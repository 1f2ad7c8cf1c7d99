"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding

HELD = (
    Holding(
        table="scam_report",
        codes="kind state",
        personal="about words reply",
        kind=kinds.REQUESTS,
        of="person_id",
    ),
)
