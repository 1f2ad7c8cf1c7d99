"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding

HELD = (
    Holding(
        table="freeze_record",
        codes="what",
        personal="message",
        hidden="reason lifted_because",
        kind=kinds.SAFETY,
        where="person_id = $1 and message is not null",
    ),
)
