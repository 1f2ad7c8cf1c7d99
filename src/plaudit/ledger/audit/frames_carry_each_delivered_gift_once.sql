-- Each delivered gift is in exactly one frame, of its room or video, with the coins and shares it was charged.
with shown as (
    select f.room_id as target_id, u.viewer_id, u.id, count(*) as times, sum(u.coins) as coins, sum(u.share_coins) as share_coins,
        max(u.shares::text) as shares
    from frame f, unnest(f.lines) u
    where f.kind = 'gift' group by 1, 2, 3
), delivered as (
    select coalesce(g.room_id, g.video_id) as target_id, g.viewer_id, g.id, g.coins,
        case when g.shares is null then g.coins else 0 end as share_coins,
        g.shares::text as shares
    from gift g
    join delivery_stream s on s.shard = g.creator_shard and s.source_shard = g.shard and g.batch_no <= s.delivered_through
)
select target_id, viewer_id, id, d.coins, s.coins as coins_shown, d.share_coins, s.share_coins as share_coins_shown, s.times
from delivered d full join shown s using (target_id, viewer_id, id)
where d.coins is distinct from s.coins or d.share_coins is distinct from s.share_coins or d.shares is distinct from s.shares
    or s.times is distinct from 1;
