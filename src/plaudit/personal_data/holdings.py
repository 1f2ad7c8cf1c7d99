"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding, about_nobody

HELD = (
    Holding(
        table="data_export",
        codes="asked_by language state failed_with",
        hidden="reason error",
        kind=kinds.REQUESTS,
        of="person_id",
    ),
    Holding(
        table="erasure",
        codes="asked_by failed_with",
        hidden="reason subject_mac error",
        kind=kinds.REQUESTS,
        of="person_id",
    ),
    Holding(table="legal_hold", hidden="reason lifted_because", kind=kinds.SAFETY, of="person_id"),
    *about_nobody(retention_day="rule"),
    Holding(table="data_export_part", hidden="sealed", kind=kinds.REQUESTS),
)
