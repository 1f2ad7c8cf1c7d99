"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding, about_nobody

HELD = (
    Holding(table="webhook_delivery", codes="subject state failed_with", kind=kinds.COPIES),
    Holding(table="webhook_secret", hidden="secret sealed"),
    Holding(table="webhook_try", codes="type", personal="error answer", kind=kinds.COPIES),
    *about_nobody(webhook_endpoint="url description kinds platform pause_reason"),
)
