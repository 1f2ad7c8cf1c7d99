-- Nothing stands still.
select viewer_id from wallet where frozen_until is not null;
select 'gone' where not exists (select from wallet where (shard, viewer_id, coins, spent) = (0, 9369, 15, 5));
select id from frozen_receiver;
