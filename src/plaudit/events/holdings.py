"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding, about_nobody

HELD = (
    Holding(table="event", codes="type subject platform", personal="data", kind=kinds.COPIES),
    Holding(
        table="event_waiting",
        codes="type subject platform",
        personal="data",
        kind=kinds.COPIES,
        stays="In the log within seconds.",
    ),
    *about_nobody(event_log=""),
)
