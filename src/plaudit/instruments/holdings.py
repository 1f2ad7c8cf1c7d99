"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding

HELD = (Holding(table="instrument", codes="kind source", hidden="print", kind=kinds.INSTRUMENTS, of="person_id"),)
