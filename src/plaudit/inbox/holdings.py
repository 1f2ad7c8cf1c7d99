"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding, about_nobody

HELD = (
    Holding(
        table="webhook_event",
        codes="provider event_id kind state previous_state failed_with side",
        personal="body sealed_body detail",
        kind=kinds.MESSAGES,
    ),
    Holding(table="webhook_replay", codes="outcome", kind=kinds.WORK, of="person_id"),
    *about_nobody(webhook_transition="from_state to_state description"),
)
