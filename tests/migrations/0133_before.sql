insert into wallet (shard, viewer_id, coins) values (0, 1, 10);
