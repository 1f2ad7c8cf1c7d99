-- Two creators of shard 1 who received from both shards, one of whom lost a gift again and got it back; a clawback that waits.
create table gift_rows partition of gift default;
set session_replication_role = replica;

insert into gift (shard, viewer_id, id, creator_id, room_id, item_id, count, coins, spent_before, coins_after, combo_id,
    combo_count, creator_shard, batch_no, charged_at)
select g.viewer_id % 2, g.viewer_id, g.id, g.creator_id, g.room_id, 1, 1, 10, 0, 0, g.id, 1, 1, g.batch_no, g.at
from (values
    (2, '01a00000-0000-7000-8000-000000000001'::uuid, 11, 5, 1, '2026-01-01 10:00Z'::timestamptz),
    (2, '01a00000-0000-7000-8000-000000000002', 13, 6, 2, '2026-01-01 10:00Z'),
    (3, '01a00000-0000-7000-8000-000000000003', 11, 5, 1, '2026-01-01 10:01Z')
) as g (viewer_id, id, creator_id, room_id, batch_no, at);

insert into frame (shard, room_id, seq, kind, at, lines, body)
select 1, f.room_id, f.seq, f.kind, f.at, f.lines, f.body
from (values
    (5, 1, 'gift', '2026-01-01 10:00:01Z'::timestamptz,
        array[row('01a00000-0000-7000-8000-000000000001', 2, 11, 10, 5, 1, 1, 10, null, 1, null, false)::gift_line], null::jsonb),
    (5, 2, 'room', '2026-01-01 10:00:02Z', null, '{"event": "started"}'),
    (6, 1, 'gift', '2026-01-01 10:00:01Z',
        array[row('01a00000-0000-7000-8000-000000000002', 2, 13, 10, 6, 1, 1, 10, null, 1, null, false)::gift_line], null),
    (5, 3, 'gift', '2026-01-01 10:01:01Z',
        array[row('01a00000-0000-7000-8000-000000000003', 3, 11, 10, 5, 1, 1, 10, null, 1, null, false)::gift_line], null)
) as f (room_id, seq, kind, at, lines, body);

insert into delivery (shard, source_shard, through_batch_no, from_batch_no, delivered_at, gifts, coins, creator_ids,
    creator_coins, hash)
values (1, 0, 2, 1, '2026-01-01 10:00:01Z', 2, 20, '{11,13}', '{10,10}', sha256('a')),
    (1, 1, 1, 1, '2026-01-01 10:01:01Z', 1, 10, '{11}', '{10}', sha256('b'));

insert into clawback (shard, reversal_id, creator_id, direction, coins, creator_shard, through_batch_no, queued_at, applied_at)
values (0, '01a00000-0000-7000-8000-0000000000aa', 11, 'take', 10, 1, 1, '2026-01-01 10:00:20Z', '2026-01-01 10:00:30Z'),
    (0, '01a00000-0000-7000-8000-0000000000aa', 11, 'return', 10, 1, 1, '2026-01-01 10:02Z', '2026-01-01 10:02:05Z'),
    (1, '01a00000-0000-7000-8000-0000000000bb', 11, 'take', 10, 1, 1, '2026-01-01 10:03Z', null);
