-- Of three deliveries the first was copied for those who follow events.
set session_replication_role = replica;

insert into delivery (shard, source_shard, through_batch_no, from_batch_no, delivered_at, gifts, coins, creator_ids,
    creator_coins, hash, log_no, room_ids, seqs)
select 1, 0, n, n, '2026-01-01 10:00Z', 1, 10, '{11}', '{10}', sha256('a'), n, '{5}', array[n] from generate_series(1, 3) n;
update gift_log set through = 3 where shard = 1;
insert into event_delivery_stream (shard, source_shard, through_batch_no) values (0, 0, 0), (0, 1, 0), (1, 0, 1), (1, 1, 0);
