-- The log of each shard is numbered from one without gaps, and its deliveries name each frame of gifts once.
with entry as (
    select shard, log_no from delivery union all select shard, log_no from gift_log_reversal
), counted as (
    select shard, count(*) as entries, min(log_no) as first, max(log_no) as last from entry group by 1
), named as (
    select d.shard, u.room_id, u.seq, count(*) as times from delivery d, unnest(d.room_ids, d.seqs) as u (room_id, seq)
    group by 1, 2, 3
)
select shard, g.through, c.entries, c.first, c.last, null::bigint as room_id, null::bigint as seq, null::bigint as times
from gift_log g full join counted c using (shard)
where g.through is distinct from coalesce(c.entries, 0) or c.first <> 1 or c.last <> g.through
union all
select shard, null, null, null, null, room_id, seq, n.times
from (select shard, room_id, seq from frame where kind = 'gift') f full join named n using (shard, room_id, seq)
where n.times is distinct from 1 or f.shard is null;
