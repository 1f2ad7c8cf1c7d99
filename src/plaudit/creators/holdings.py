"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding, about_nobody

HELD = (
    Holding(
        table="clawback", codes="direction failed_with", hidden="error", kind=kinds.EARNINGS, where="creator_id = $1"
    ),
    Holding(table="clawback_part", kind=kinds.EARNINGS, where="creator_id = $1"),
    Holding(
        table="conversion", codes="maturity_failed_with", hidden="maturity_error", kind=kinds.EARNINGS, of="creator_id"
    ),
    Holding(
        table="creator_setting",
        codes="conversion_failed_with",
        hidden="conversion_error",
        kind=kinds.EARNINGS,
        of="creator_id",
    ),
    Holding(table="debt_write_off", personal="reason", kind=kinds.EARNINGS, of="creator_id"),
    *about_nobody(reward_rule="note"),
)
