-- No gift is marked with more coins than it had.
select m.shard, m.viewer_id, m.gift_id, g.coins, sum(m.coins) as coins_marked
from gift_reversal m left join gift g on g.shard = m.shard and g.viewer_id = m.viewer_id and g.id = m.gift_id
where m.lifted_at is null
group by 1, 2, 3, 4 having g.coins is null or sum(m.coins) > g.coins;
