-- Sums of what was given on videos. Only the follower writes them.

-- name: videos_among
select id from video where id = any ($1::bigint[]);

-- name: make_totals
insert into video_total (shard, video_id) select v.shard, v.id from video v where v.id = any ($1::bigint[]) order by v.id
on conflict do nothing;

-- name: lock_totals
select t.shard, t.video_id
from video v join video_total t on t.shard = v.shard and t.video_id = v.id
where v.id = any ($1::bigint[]) order by t.video_id for no key update of t;

-- name: add_to_totals
update video_total t set gifts = t.gifts + u.gifts, coins = t.coins + u.coins, seq = greatest(t.seq, u.seq)
from unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
    as u (shard, video_id, gifts, coins, seq)
where t.shard = u.shard and t.video_id = u.video_id;

-- name: add_to_subtotals
insert into video_subtotal as t (shard, video_id, by, second, item_id, giver_id, gifts, coins)
select * from unnest($1::smallint[], $2::bigint[], $3::text[], $4::integer[], $5::integer[], $6::bigint[], $7::bigint[],
    $8::bigint[])
on conflict (shard, video_id, by, second, item_id, giver_id) do update
set gifts = t.gifts + excluded.gifts, coins = t.coins + excluded.coins;

-- name: change_subtotals
update video_subtotal t set gifts = t.gifts + u.gifts, coins = t.coins + u.coins
from unnest($1::smallint[], $2::bigint[], $3::text[], $4::integer[], $5::integer[], $6::bigint[], $7::bigint[], $8::bigint[])
    as u (shard, video_id, by, second, item_id, giver_id, gifts, coins)
where t.shard = u.shard and t.video_id = u.video_id and t.by = u.by and t.second = u.second and t.item_id = u.item_id
    and t.giver_id = u.giver_id;

-- name: forget_subtotals
delete from video_subtotal;

-- name: forget_totals
delete from video_total;

-- name: given_on -> Given
select gifts, coins, seq from video_total where shard = $1 and video_id = $2;

-- name: timeline -> Mark
-- $3: seconds that the video plays; gifts of when it was longer make it as long again. $4: marks at most. $5: pairs of an
-- item and its giver that are looked at for each; $6: of all its seconds, that givers are counted among.
with scale as (
    select ceil((greatest($3, max(second)) + 1) / $4::numeric)::integer as width
    from video_subtotal where shard = $1 and video_id = $2 and by = 'second'
), mark as (
    select (array_agg(t.second order by t.coins desc, t.second))[1] as second, sum(t.gifts)::bigint as gifts,
        sum(t.coins)::bigint as coins, min(t.second) as first, max(t.second) as last
    from scale s cross join video_subtotal t
    where t.shard = $1 and t.video_id = $2 and t.by = 'second' and t.coins > 0
    group by t.second / s.width
)
select m.second, m.gifts, m.coins, i.item_ids, i.giver_ids, c.givers
from mark m
cross join lateral (
    select array_agg(d.item_id order by d.coins desc, d.item_id, d.giver_id) as item_ids,
        array_agg(d.giver_id order by d.coins desc, d.item_id, d.giver_id) as giver_ids
    from (
        select t.item_id, t.giver_id, t.coins from video_subtotal t
        where t.shard = $1 and t.video_id = $2 and t.by = 'item' and t.second = m.second and t.coins > 0
        order by t.coins desc, t.item_id, t.giver_id limit $5
    ) d
) i
cross join lateral (
    select case when count(*) <= $6 and min(d.giver_id) > 0 then count(distinct d.giver_id)::integer end as givers
    from (
        select t.giver_id from video_subtotal t
        where t.shard = $1 and t.video_id = $2 and t.by = 'item' and t.second between m.first and m.last and t.coins > 0
        limit $6 + 1
    ) d
) c
order by m.second;

-- name: gave_on
select exists (
    select from video_subtotal
    where shard = $1 and video_id = $2 and by = 'giver' and second = -1 and item_id = 0 and giver_id = $3 and coins > 0
);

-- name: top_givers -> Giver
select giver_id as person_id, gifts, coins from video_subtotal
where shard = $1 and video_id = $2 and by = 'giver' and second = -1 and coins > 0 and giver_id <> 0
order by coins desc, item_id, giver_id limit $3;

-- name: last_gifts -> LastGift
-- $3, $4: of so many frames and gifts those of which something stands.
select g.gift_id, g.at, case when g.anonymous then 0 else g.viewer_id end as viewer_id, g.item_id, g.count, g.coins,
    g.position_ms, g.message
from (
    select f.seq, f.at, u.ordinality, u.id as gift_id, u.viewer_id, u.anonymous, u.item_id, u.count, u.coins, u.position_ms,
        u.message
    from (
        select seq, at, lines from frame where shard = $1 and room_id = $2 and kind = 'gift' order by seq desc limit $3
    ) f
    cross join lateral unnest(f.lines) with ordinality u
    order by f.seq desc, u.ordinality desc limit $4
) g
where g.coins > coalesce((
    select sum(m.coins) from gift_reversal m
    where m.shard = shard_of(g.viewer_id) and m.viewer_id = g.viewer_id and m.gift_id = g.gift_id and m.lifted_at is null
), 0)
order by g.seq desc, g.ordinality desc limit $5;
