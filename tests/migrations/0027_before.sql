-- A wallet with a lot of which a part was spent, a part taken back and a part expired.
set session_replication_role = replica;

insert into wallet (shard, viewer_id, coins, spent) values (0, 2, 4, 3);
insert into lot (shard, lot_id, viewer_id, kind, coins, price_minor, currency, created_at, coins_reversed, coins_expired)
values (0, '01a00000-0000-7000-8000-000000000001', 2, 'paid', 10, 99, 'USD', '2026-01-01 10:00Z', 2, 1);
insert into strip (shard, viewer_id, start_coin, end_coin, lot_id) values (0, 2, 0, 7, '01a00000-0000-7000-8000-000000000001');
