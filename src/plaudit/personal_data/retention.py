"""How long this room's tables keep what they hold."""

from plaudit.personal_data.limits import EXPORT_DAYS, EXPORTS_FORGOTTEN_AT_ONCE, REQUESTS_FORGOTTEN_AT_ONCE
from plaudit.retention import Retention

KEPT = (
    Retention(
        name="export_files",
        title="Files of exports",
        what="Copies of all that is held of somebody, sealed.",
        since="when the file was there",
        reason="Who asked for one has some days to fetch it.",
        tables="data_export_part",
        forget="let_go_of_export_files",
        rows_at_once=EXPORTS_FORGOTTEN_AT_ONCE,
        days=EXPORT_DAYS,
        days_min=1,
        days_max=30,
        begins_at_once=True,
    ),
    Retention(
        name="data_requests",
        title="Who asked for their data",
        what="Exports, and erasures that were taken back. Who was erased stays, as a number that a restore needs.",
        since="when it was asked for",
        reason="They prove that requests were answered in time, until claims lapse.",
        tables="data_export erasure",
        forget="let_go_of_data_requests",
        rows_at_once=REQUESTS_FORGOTTEN_AT_ONCE,
        days=1_461,
        days_min=366,
        days_max=4_018,
    ),
    Retention(
        name="legal_holds",
        title="Legal holds that were lifted",
        what="Of whom data was kept longer, and why.",
        since="when it was lifted",
        reason="They say why something was kept longer, until claims lapse.",
        tables="legal_hold",
        forget="let_go_of_legal_holds",
        rows_at_once=REQUESTS_FORGOTTEN_AT_ONCE,
        days=1_461,
        days_min=366,
        days_max=4_018,
    ),
)
