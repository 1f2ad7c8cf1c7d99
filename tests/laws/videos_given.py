"""What breaks the laws of what was given on videos."""

from tests.integration.test_clawback import Stage
from tests.support.given import StageVideo
from tests.support.returns import Returns

REMOVED = """
with removed as (
    insert into message_removal (shard, viewer_id, gift_id, removed_by, person_id, removed_at)
    select shard, viewer_id, id, 'creator', creator_id, charged_at from gift where video_id is not null
)
"""
BREAKS = [
    ("video_totals_equal_the_log", "update video_total set coins = coins + 1"),
    ("video_totals_equal_the_log", "update video_total set seq = seq - 1"),
    ("video_totals_equal_the_log", "update video_subtotal set coins = coins + 1 where by = 'giver'"),
    ("video_totals_equal_the_log", "update video_subtotal set second = second + 100 where by = 'second'"),
    ("video_totals_equal_the_log", "update video_subtotal set giver_id = giver_id + 1 where by = 'item'"),
    ("video_totals_equal_the_log", "delete from video_subtotal"),
    # Words that were taken away are still with the gift, or in its frame.
    *(
        ("removed_messages_are_gone", REMOVED + left)
        for left in (
            "update gift set message = 'words' where video_id is not null",
            "update frame f set lines[1].message = 'words' from video v where v.id = f.room_id",
        )
    ),
    # A gift on a video that is shown nowhere, shown to another price, or shown twice.
    (
        "frames_carry_each_delivered_gift_once",
        "update frame f set lines = array_remove(lines, lines[1]) from video v where v.id = f.room_id",
    ),
    (
        "frames_carry_each_delivered_gift_once",
        "update gift set coins = coins + 1 where video_id is not null and shares is null",
    ),
    (
        "frames_carry_each_delivered_gift_once",
        """insert into frame (shard, room_id, seq, kind, at, lines)
        select f.shard, f.room_id, f.seq + 100, f.kind, f.at, f.lines from frame f join video v on v.id = f.room_id""",
    ),
]


async def prepare(stage: Stage) -> None:
    """Gifts on a video that moved to another shard, all summed."""
    video, eve = await StageVideo.of(stage), await Returns.of(stage.shop, "eve")
    await eve.buy(300)
    await video.give(eve, 20, 1_000)
    await video.moves_to_another_shard()
    await video.give(eve, 30, 2_000)
    await video.sum()
