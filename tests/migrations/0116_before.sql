insert into wallet (shard, viewer_id, coins, spent, newest_gift_id, brake_id, given, given_through, worth_through, next_coin_worth)
values (0, 1, 10, 5, gen_random_uuid(), 1, 700, 900, 15, 100), (0, 2, 10, 3, gen_random_uuid(), 2, 300, null, null, null),
    (0, 3, 10, 0, null, null, null, null, null, null);
