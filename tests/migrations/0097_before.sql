-- A wallet out of which coins were given, and one that is new.
insert into wallet (shard, viewer_id, coins, spent, newest_gift_id) values (0, 9097, 15, 5, gen_random_uuid()),
    (0, 9098, 10, 0, null);
