-- Gifts that were sent.

-- name: gift_of_viewer -> GiftRow
select id, room_id, video_id, position_ms, creator_id, item_id, count, coins, coins_after, combo_id, combo_count, charged_at,
    message, anonymous
from gift where shard = $1 and viewer_id = $2 and id = $3;

-- name: people_known
select id from person where issuer_id = $1 and id = any ($2);
