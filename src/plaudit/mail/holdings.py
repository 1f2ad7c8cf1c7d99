"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding

HELD = (
    Holding(
        table="mail",
        codes="kind edition state failed_with",
        personal="reason",
        hidden="error",
        kind=kinds.MAIL,
        of="person_id",
    ),
)
