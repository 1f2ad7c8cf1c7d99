"""How long this room's tables keep what they hold."""

from plaudit.mail.limits import MAILS_FORGOTTEN_AT_ONCE
from plaudit.retention import Retention

KEPT = (
    Retention(
        name="mails",
        title="Mail",
        what="Which mails were sent to whom, and what servers said of them. Their words are made when they are sent,"
        " and not kept.",
        since="when they were sent or given up",
        reason="They prove that buyers were told what the law says, until claims out of a purchase lapse.",
        tables="mail",
        forget="let_go_of_mails",
        rows_at_once=MAILS_FORGOTTEN_AT_ONCE,
        days=1_461,
        days_min=366,
        days_max=4_018,
    ),
)
