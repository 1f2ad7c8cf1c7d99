"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding

HELD = (
    Holding(
        table="event_combo", kind=kinds.COPIES, where="viewer_id = $1", stays="Until the combo is over, some minutes."
    ),
)
