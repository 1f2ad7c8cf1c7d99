"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding, about_nobody

HELD = (
    Holding(table="video_subtotal", codes="by", kind=kinds.COINS, where="giver_id = $1"),
    *about_nobody(video_total=""),
)
