-- What was taken from creators, or given back to them, stands in the log of their shard, once.
select c.shard, c.reversal_id, c.creator_id, c.direction, c.applied_at, l.log_no
from (select * from clawback where applied_at is not null) c
full join gift_log_reversal l on l.source_shard = c.shard and l.shard = c.creator_shard and l.reversal_id = c.reversal_id
    and l.creator_id = c.creator_id and l.direction = c.direction
where c.shard is null or l.shard is null;
