-- The parts of each gift add up to its price, and each is in the shard of the creator who earns it.
select p.shard, p.viewer_id, p.id, g.coins, sum(p.coins) as coins_of_parts,
    count(*) filter (where p.coins > 0 and p.creator_shard <> p.creator_id % l.shards) as misplaced
from gift_part p
join gift g on g.shard = p.shard and g.viewer_id = p.viewer_id and g.id = p.id
cross join ledger_setting l
group by 1, 2, 3, 4
having sum(p.coins) <> g.coins or count(*) filter (where p.coins > 0 and p.creator_shard <> p.creator_id % l.shards) > 0;
