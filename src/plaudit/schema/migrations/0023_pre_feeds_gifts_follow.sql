-- Gifts on their way into the log of events follow the log of their shard.
insert into follower (name, shard, through)
select 'events.gifts', g.shard, coalesce(
    (
        select min(d.log_no) - 1 from event_delivery_stream s
        join delivery d on d.shard = s.shard and d.source_shard = s.source_shard and d.through_batch_no > s.through_batch_no
        where s.shard = g.shard
    ), g.through)
from gift_log g where exists (select from event_delivery_stream);
