"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding

HELD = (
    Holding(table="stream", personal="name", kind=kinds.CONTENT, of="creator_id"),
    Holding(table="stream_key", hidden="hash", kind=kinds.CONTENT, of="creator_id"),
)
