"""What this room's tables hold of people."""

from plaudit.holdings import Holding

HELD = (Holding(table="check_code_key", hidden="key"),)
