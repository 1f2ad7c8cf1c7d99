insert into follower (name, shard, through) values ('creators.totals', 0, 7), ('another', 0, 7)
on conflict (name, shard) do update set through = 7;

insert into creator_total (shard, creator_id, by, day, key, gifts, coins_received)
values (0, 11, 'supporter', '2026-01-01', 2, 1, 100);
