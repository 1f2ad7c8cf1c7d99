"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding, about_nobody

HELD = (
    Holding(
        table="reversal",
        codes="kind state previous_state provider currency outcome failed_with",
        personal="provider_reversal_id reason",
        hidden="request send_error",
        kind=kinds.PURCHASES,
        of="person_id",
    ),
    Holding(table="minor_refund", personal="reason", kind=kinds.PURCHASES, of="person_id"),
    *about_nobody(
        minor_refund_order="currency",
        order_reversed="currency",
        reversal_transition="from_state to_state description",
        withdrawal_rule="region basis",
    ),
)
