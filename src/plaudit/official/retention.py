"""How long this room's tables keep what they hold."""

from plaudit.limits import SCAM_REPORTS_FORGOTTEN_AT_ONCE
from plaudit.retention import Retention

KEPT = (
    Retention(
        name="scam_reports",
        title="Reports of scams that are closed",
        what="What people and strangers reported, and what they were told.",
        since="the report",
        reason="They are looked up when others report the same, until claims lapse.",
        tables="scam_report",
        forget="let_go_of_scam_reports",
        rows_at_once=SCAM_REPORTS_FORGOTTEN_AT_ONCE,
        days=1_461,
        days_min=180,
        days_max=4_018,
    ),
)
