-- What pages read that no room answers by itself.

-- name: live_rooms -> RoomCard
-- Live rooms with who is there and the dearest of the latest gifts; those with most viewers first.
select r.id, r.title, r.cover, r.state, r.creator_id, p.display_name as creator_name, p.handle as creator_handle,
    p.avatar as creator_avatar, r.started_at, w.viewers, g.item_id as top_item_id, g.coins as top_coins,
    s.display_name as top_sender
from room r
join person p on p.id = r.creator_id
cross join lateral (
    select coalesce(sum(v.viewers), 0)::integer as viewers
    from room_viewers v where v.room_id = r.id and v.seen_at > $1
) w
left join lateral (
    select u.item_id, u.coins, u.viewer_id
    from (
        select f.item_ids, f.gift_coins, f.viewer_ids from frame f
        where f.shard = r.shard and f.room_id = r.id and f.kind = 'gift' and f.at > $1 - interval '15 minutes'
        order by f.seq desc limit 200
    ) f
    cross join lateral unnest(f.item_ids, f.gift_coins, f.viewer_ids) as u (item_id, coins, viewer_id)
    order by u.coins desc limit 1
) g on true
left join person s on s.id = g.viewer_id
where r.state = 'live'
order by w.viewers desc, r.started_at desc, r.id desc
limit $2;

-- name: room_page -> RoomPage
select r.id, r.title, r.cover, r.stage_url, r.state, r.gifts_enabled, r.creator_id, p.display_name as creator_name,
    p.handle as creator_handle, p.avatar as creator_avatar, r.started_at, r.ended_at
from room r join person p on p.id = r.creator_id
where r.id = $1;
