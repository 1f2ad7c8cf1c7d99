-- One id of two viewers.
create table gift_rows partition of gift default;

insert into gift (shard, viewer_id, id, creator_id, room_id, item_id, count, coins, spent_before, coins_after, combo_id,
    combo_count, creator_shard, batch_no, charged_at)
select 0, v, '01a00000-0000-7000-8000-000000000001', 11, 5, 1, 1, 10, 0, 0, '01a00000-0000-7000-8000-000000000001', 1, 1, 1,
    '2026-01-01 10:00Z'
from unnest('{2,4}'::bigint[]) v;
