"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding

HELD = (
    Holding(
        table="video",
        codes="state territories_allowed territories_blocked",
        personal="external_id title cover_url hls_url public_title",
        hidden="key",
        kind=kinds.CONTENT,
        where="owner_id = $1",
    ),
    Holding(table="video_message_opt_in", kind=kinds.CONTENT, of="creator_id"),
    Holding(table="video_opt_in", kind=kinds.CONTENT, of="creator_id"),
    Holding(table="video_opt_out", kind=kinds.CONTENT, of="creator_id"),
)
