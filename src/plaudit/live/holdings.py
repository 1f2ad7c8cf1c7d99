"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding, about_nobody

HELD = (
    Holding(table="overlay_token", personal="label", hidden="hash", kind=kinds.CONTENT, of="creator_id"),
    Holding(
        table="room",
        codes="cover state stage_kind",
        personal="title stage_url external_id cover_url cover_alt",
        hidden="request_sha256",
        kind=kinds.CONTENT,
        of="creator_id",
    ),
    Holding(
        table="thank",
        kind=kinds.WORDS,
        of="creator_id",
        stays="That a creator thanked for a gift, without words; erasing takes who gave it.",
    ),
    *about_nobody(room_viewers=""),
)
