-- Each room's frames are numbered from one without gaps.
select shard, room_id, h.seq, f.frames, f.first, f.last
from room_head h
full join (
    select shard, room_id, count(*) as frames, min(seq) as first, max(seq) as last from frame group by 1, 2
) f using (shard, room_id)
where h.seq is distinct from f.frames or h.seq is distinct from f.last or f.first is distinct from 1;
