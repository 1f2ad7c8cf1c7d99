-- What was given on videos, in all and by each measure, is what was delivered and not taken back, as far as it was summed.
with part as (
    select d.shard, u.creator_id, u.viewer_id, u.id, u.video_id, u.position_ms, u.item_id, u.anonymous, u.share_coins
    from follower f
    join delivery d on d.shard = f.shard and d.log_no <= f.through
    cross join lateral (
        select l.* from unnest(d.room_ids, d.seqs) as n (room_id, seq)
        join video v on v.id = n.room_id
        join frame w on w.shard = d.shard and w.room_id = n.room_id and w.seq = n.seq
        cross join lateral unnest(w.lines) l
        union all
        select l.* from unnest(d.unshown) l
    ) u
    where f.name = 'videos.given' and u.video_id is not null and u.share_coins > 0
), taken as (
    select l.shard, m.creator_id, m.viewer_id, m.gift_id as id,
        sum(case l.direction when 'take' then m.coins else -m.coins end) as coins
    from follower f
    join gift_log_reversal l on l.shard = f.shard and l.log_no <= f.through
    join gift_reversal m on m.shard = l.source_shard and m.reversal_id = l.reversal_id and m.creator_id = l.creator_id
    where f.name = 'videos.given' and m.video_id is not null group by 1, 2, 3, 4
), standing as (
    select p.video_id, p.position_ms / 1000 as second, p.item_id, case when p.anonymous then 0 else p.viewer_id end as giver_id,
        p.share_coins - coalesce(t.coins, 0) as coins
    from part p left join taken t using (shard, creator_id, viewer_id, id)
), measured as (
    select video_id, 'all' as by, -1 as second, 0 as item_id, 0::bigint as giver_id, coins from standing
    union all select video_id, 'giver', -1, 0, giver_id, coins from standing
    union all select video_id, 'second', second, 0, 0, coins from standing where second is not null
    union all select video_id, 'item', second, item_id, giver_id, coins from standing where second is not null
), expected as (
    select v.shard, m.video_id, m.by, m.second, m.item_id, m.giver_id, count(*) as gifts, sum(m.coins) as coins
    from measured m join video v on v.id = m.video_id where m.coins > 0 group by 1, 2, 3, 4, 5, 6
), summed as (
    select shard, video_id, 'all' as by, -1 as second, 0 as item_id, 0::bigint as giver_id, gifts, coins from video_total
    union all select shard, video_id, by, second, item_id, giver_id, gifts, coins from video_subtotal
), kept as (
    select * from summed where coins > 0 or gifts > 0
)
select shard, video_id, by, second, item_id, giver_id, e.gifts, e.coins, k.gifts as gifts_kept, k.coins as coins_kept
from expected e full join kept k using (shard, video_id, by, second, item_id, giver_id)
where e.gifts is distinct from k.gifts or e.coins is distinct from k.coins
union all
select t.shard, t.video_id, 'seq', null, null, null, null, h.seq, null, t.seq
from video_total t
left join (
    select d.shard, n.room_id, max(n.seq) as seq
    from follower f join delivery d on d.shard = f.shard and d.log_no <= f.through,
        unnest(d.room_ids, d.seqs) as n (room_id, seq)
    where f.name = 'videos.given' group by 1, 2
) h on h.shard = t.shard and h.room_id = t.video_id
where t.seq <> coalesce(h.seq, 0);
