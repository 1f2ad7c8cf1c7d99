-- It goes on after the first, and in a shard where nothing came, from now on.
select * from (values ('events.gifts', 0, 0::bigint), ('events.gifts', 1, 1)) as wanted (name, shard, through)
except select name, shard, through from follower;
