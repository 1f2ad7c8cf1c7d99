-- Gifts of two viewers, one charged late, and more than there are from one milestone to the next; a wallet without any.
create table gift_rows partition of gift default;

insert into wallet (shard, viewer_id, spent, last_gift_id) values
    (0, 2, 30, '01a00000-0000-7000-8000-000000000003'), (1, 3, 300, '01a00000-0000-7000-8000-000000000300'), (0, 4, 0, null);
insert into gift (shard, viewer_id, id, creator_id, room_id, item_id, count, coins, spent_before, coins_after, combo_id,
    combo_count, creator_shard, batch_no, charged_at)
select g.shard, g.viewer_id, g.id, 11, 5, 1, 1, g.coins, g.spent_before, 0, g.id, 1, 1, 1, '2026-01-01 10:00Z'
from (
    values (0, 2, '01a00000-0000-7000-8000-000000000001'::uuid, 10, 0), (0, 2, '01a00000-0000-7000-8000-000000000003', 15, 10),
        (0, 2, '01a00000-0000-7000-8000-000000000002', 5, 25)
    union all
    select 1, 3, ('01a00000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 1, n - 1 from generate_series(1, 300) n
) as g (shard, viewer_id, id, coins, spent_before);
