"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding

HELD = (Holding(table="creator_total", codes="by", kind=kinds.EARNINGS, of="creator_id"),)
