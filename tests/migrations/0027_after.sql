select * from wallet where (coins, spent, held) <> (4, 3, 0);
select * from lot where (coins, coins_reversed, coins_expired, coins_held) <> (10, 2, 1, 0);
select count(*) from wallet w join lot l using (shard, viewer_id) having count(*) <> 1;
