-- Each delivered share of a divided gift is kept by exactly one delivery, that of its batch.
with kept as (
    select d.shard as creator_shard, u.viewer_id, u.id, u.creator_id, count(*) as times, sum(u.share_coins) as coins,
        min(d.from_batch_no) as from_batch_no, max(d.through_batch_no) as through_batch_no
    from delivery d, unnest(d.unshown) u group by 1, 2, 3, 4
), delivered as (
    select p.creator_shard, p.viewer_id, p.id, p.creator_id, p.coins, p.batch_no from gift_part p
    join delivery_stream s on s.shard = p.creator_shard and s.source_shard = p.shard and p.batch_no <= s.delivered_through
    where not p.is_shown
)
select creator_shard, viewer_id, id, creator_id, d.coins, k.coins as coins_kept, k.times
from delivered d full join kept k using (creator_shard, viewer_id, id, creator_id)
where d.coins is distinct from k.coins or k.times is distinct from 1 or d.batch_no not between k.from_batch_no and k.through_batch_no;
