"""What this room's tables hold of people."""

from plaudit.holdings import Holding

HELD = (Holding(table="vault_key", codes="purpose master", hidden="wrapped"),)
