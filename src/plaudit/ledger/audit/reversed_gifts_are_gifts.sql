-- No creator's part of a gift is marked with more coins than it had.
select m.shard, m.viewer_id, m.gift_id, m.creator_id, p.coins, sum(m.coins) as coins_marked
from gift_reversal m
left join gift_part p on p.shard = m.shard and p.viewer_id = m.viewer_id and p.id = m.gift_id
    and p.creator_id = m.creator_id and p.coins > 0
where m.lifted_at is null
group by 1, 2, 3, 4, 5 having p.coins is null or sum(m.coins) > p.coins;
