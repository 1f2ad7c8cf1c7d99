"""How long this room's tables keep what they hold."""

from plaudit.limits import WEBHOOK_TRIES_FORGOTTEN_AT_ONCE, WEBHOOK_TRY_DAYS
from plaudit.retention import Retention

KEPT = (
    Retention(
        name="webhook_tries",
        title="Tries to tell platforms",
        what="What their servers answered.",
        since="the try",
        reason="Who looks after an endpoint sees what went wrong.",
        tables="webhook_try",
        forget="let_go_of_tries",
        rows_at_once=WEBHOOK_TRIES_FORGOTTEN_AT_ONCE,
        days=WEBHOOK_TRY_DAYS,
        days_min=1,
        days_max=90,
        begins_at_once=True,
    ),
)
