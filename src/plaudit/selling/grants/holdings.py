"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding

HELD = (Holding(table="coin_grant", personal="reason", kind=kinds.COINS, of="person_id"),)
