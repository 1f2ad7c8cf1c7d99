-- The key of gift in the order of time: a charge writes at its end, however many gifts there are. Servers of before look a
-- viewer's gifts up by the key that goes.
alter table gift drop constraint gift_pkey, add primary key (shard, id, viewer_id);
