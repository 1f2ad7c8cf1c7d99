-- Somebody with a wallet that was never frozen.
set session_replication_role = replica;
insert into wallet (shard, viewer_id, coins, spent, newest_gift_id) values (0, 9370, 15, 5, gen_random_uuid());
insert into person (id, issuer_id, subject, handle, display_name, avatar, created_at) overriding system value
values (9370, 9370, 'ada', 'ada', 'Ada', '', '2026-01-01Z');
