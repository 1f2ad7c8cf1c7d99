"""How long this room's tables keep what they hold."""

from plaudit.limits import EVENT_DAYS, EVENTS_FORGOTTEN_AT_ONCE
from plaudit.retention import Retention

KEPT = (
    Retention(
        name="events",
        title="Events",
        what="What platforms were told, and how each delivery stands.",
        since="when it happened",
        reason="Platforms that were away read on where they stopped.",
        tables="event webhook_delivery",
        forget="let_go_of_events",
        rows_at_once=EVENTS_FORGOTTEN_AT_ONCE,
        days=EVENT_DAYS,
        days_min=7,
        days_max=90,
        begins_at_once=True,
    ),
)
