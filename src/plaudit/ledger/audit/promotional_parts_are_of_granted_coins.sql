-- What granted coins paid for of each part of a gift is what lies on their stretch of the strip, and stays in gift balances.
with paid as (
    select p.shard, p.viewer_id, p.id as gift_id, p.creator_id, p.creator_shard, p.batch_no,
        sum(least(s.end_coin, p.spent_before + p.coins) - greatest(s.start_coin, p.spent_before)) as coins
    from lot l
    join strip s using (shard, viewer_id, lot_id)
    left join promotional_before b using (shard, viewer_id)
    join gift_part p on p.shard = s.shard and p.viewer_id = s.viewer_id and p.coins > 0
        and p.spent_before < s.end_coin and p.spent_before + p.coins > s.start_coin and p.spent_before >= coalesce(b.spent, 0)
    where l.kind = 'promotional'
    group by 1, 2, 3, 4, 5, 6
)
select shard, viewer_id, gift_id, creator_id, p.coins as paid, m.coins as marked
from paid p full join promotional_part m using (shard, viewer_id, gift_id, creator_id)
where (p.coins, p.creator_shard, p.batch_no) is distinct from (m.coins, m.creator_shard, m.batch_no)
union all
select g.shard, null, null, g.creator_id, g.balance, promotional_received(g.shard, g.creator_id)
from gift_balance g
join (select distinct creator_shard as shard, creator_id from promotional_part) c using (shard, creator_id)
where g.balance < promotional_received(g.shard, g.creator_id);
