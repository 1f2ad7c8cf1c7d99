-- A wallet with granted coins of which some were given, one with bought coins, and one whose granted coins are gone.
set session_replication_role = replica;

insert into wallet (shard, viewer_id, coins, spent, newest_gift_id) values (0, 9306, 15, 5, gen_random_uuid()),
    (0, 9308, 10, 0, null), (0, 9310, 0, 4, gen_random_uuid());
insert into lot (shard, lot_id, viewer_id, kind, coins, price_minor, currency, created_at) values
    (0, '00000000-0000-0000-0000-000000009306', 9306, 'promotional', 10, null, null, now()),
    (0, '00000000-0000-0000-0000-000000009307', 9306, 'paid', 10, 9, 'USD', now()),
    (0, '00000000-0000-0000-0000-000000009308', 9308, 'paid', 10, 9, 'USD', now()),
    (0, '00000000-0000-0000-0000-000000009310', 9310, 'promotional', 4, null, null, now());
insert into strip (shard, viewer_id, start_coin, end_coin, lot_id) values
    (0, 9306, 0, 10, '00000000-0000-0000-0000-000000009306'), (0, 9306, 10, 20, '00000000-0000-0000-0000-000000009307'),
    (0, 9308, 0, 10, '00000000-0000-0000-0000-000000009308'), (0, 9310, 0, 4, '00000000-0000-0000-0000-000000009310');
