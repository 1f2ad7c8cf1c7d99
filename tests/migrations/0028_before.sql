-- A gift on its way, one that arrived and was taken back again, and the totals of its creator.
create table gift_rows partition of gift default;
set session_replication_role = replica;

insert into gift (shard, viewer_id, id, creator_id, room_id, item_id, count, coins, spent_before, coins_after, combo_id,
    combo_count, creator_shard, batch_no, charged_at)
select 0, 2, g.id, 11, 5, 1, 1, 10, g.spent_before, 0, g.id, 1, 1, g.batch_no, '2026-01-01 10:00Z'
from (values ('01a00000-0000-7000-8000-000000000001'::uuid, 0, 1), ('01a00000-0000-7000-8000-000000000002', 10, 2))
    as g (id, spent_before, batch_no);
insert into gift_batch (shard, creator_shard, batch_no, charged_at, gifts, coins, lines)
values (0, 1, 2, '2026-01-01 10:00Z', 1, 10,
    array[row('01a00000-0000-7000-8000-000000000002', 2, 11, 10, 5, 1, 1, 10, null, 1, 'Thanks', false)::gift_line]);
insert into frame (shard, room_id, seq, kind, at, lines)
values (1, 5, 1, 'gift', '2026-01-01 10:00:01Z',
    array[row('01a00000-0000-7000-8000-000000000001', 2, 11, 10, 5, 1, 1, 10, null, 1, null, true)::gift_line]);
insert into delivery (shard, source_shard, through_batch_no, from_batch_no, delivered_at, gifts, coins, creator_ids,
    creator_coins, hash, log_no, room_ids, seqs)
values (1, 0, 1, 1, '2026-01-01 10:00:01Z', 1, 10, '{11}', '{10}', sha256('a'), 1, '{5}', '{1}');
insert into gift_reversal (shard, viewer_id, gift_id, reversal_id, creator_id, room_id, item_id, coins, marked_at)
values (0, 2, '01a00000-0000-7000-8000-000000000001', '01a00000-0000-7000-8000-0000000000aa', 11, 5, 1, 4,
    '2026-01-01 10:00:20Z');
insert into creator_total (shard, creator_id, by, day, key, gifts, coins_received, coins_taken_back)
values (1, 11, 'room', '2026-01-01', 5, 1, 10, 4);
