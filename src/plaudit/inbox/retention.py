"""How long this room's tables keep what they hold."""

from plaudit.limits import MESSAGES_FORGOTTEN_AT_ONCE
from plaudit.retention import Retention

KEPT = (
    Retention(
        name="provider_messages",
        title="What payment providers told",
        what="Their messages as they came, sealed, and who had one applied again. What they did is in the books.",
        since="when they came; those not dealt with stay",
        reason="Disputes are answered with them, up to a year and a half later. Nobody can be found in a sealed body:"
        " what a provider told since the first order or payout of somebody who is held stays.",
        tables="webhook_event webhook_replay",
        forget="let_go_of_messages",
        rows_at_once=MESSAGES_FORGOTTEN_AT_ONCE,
        days=730,
        days_min=180,
        days_max=4_018,
    ),
)
