-- A wallet with coins, some of them spent.
set session_replication_role = replica;
insert into wallet (shard, viewer_id, coins, spent, newest_gift_id) values (0, 9369, 15, 5, gen_random_uuid());
