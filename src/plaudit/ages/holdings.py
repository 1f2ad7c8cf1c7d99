"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding

HELD = (Holding(table="age_request", codes="refused_with", hidden="nonce", kind=kinds.PROFILE, of="person_id"),)
