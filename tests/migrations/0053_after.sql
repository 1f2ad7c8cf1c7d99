-- Who walks back meets each gift once, in the order in which they were charged.
select '{25,10,0}'::bigint[] except (
    with recursive walk as (
        select g as step from wallet w join gift g on g.shard = w.shard and g.viewer_id = w.viewer_id and g.id = w.newest_gift_id
        where w.viewer_id = 2
        union all
        select g from walk join gift g on g.viewer_id = 2 and g.id = (walk.step).previous_gift_id
    )
    select array_agg((step).spent_before order by (step).spent_before desc) from walk
);

select viewer_id, id from gift where viewer_id = 3
    and previous_gift_id is distinct from ('01a00000-0000-7000-8000-' || lpad(nullif(spent_before, 0)::text, 12, '0'))::uuid;

(values (2, '01a00000-0000-7000-8000-000000000002'::uuid, 3), (3, '01a00000-0000-7000-8000-000000000300', 44), (4, null, 0))
except select viewer_id, newest_gift_id, gifts_since_milestone from wallet;

select 1, 3, 255, '01a00000-0000-7000-8000-000000000256'::uuid except select shard, viewer_id, spent_before, gift_id
from gift_milestone;

select * from gift_milestone offset 1;
