"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding, about_nobody

HELD = (
    Holding(
        table="reconciliation_difference",
        codes="provider kind ours_currency ours_state theirs_currency theirs_state state previous_state",
        personal="payment_id provider_reversal_id detail resolution",
        kind=kinds.PURCHASES,
    ),
    *about_nobody(
        difference_kind="kind description",
        difference_transition="from_state to_state description",
        reconciliation_run="provider state error failed_with",
        reconciliation_sum="side what currency",
    ),
)
