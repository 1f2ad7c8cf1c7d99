-- Each delivered gift is in exactly one frame, in its room, with the coins it was charged.
with shown as (
    select f.room_id, u.viewer_id, u.id, count(*) as times, sum(u.coins) as coins
    from frame f, unnest(f.lines) u
    where f.kind = 'gift' group by 1, 2, 3
), delivered as (
    select g.room_id, g.viewer_id, g.id, g.coins from gift g
    join delivery_stream s on s.shard = g.creator_shard and s.source_shard = g.shard and g.batch_no <= s.delivered_through
)
select room_id, viewer_id, id, d.coins, s.coins as coins_shown, s.times
from delivered d full join shown s using (room_id, viewer_id, id)
where d.coins is distinct from s.coins or s.times is distinct from 1;
