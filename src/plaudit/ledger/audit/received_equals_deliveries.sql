-- Each creator has received what was delivered to them.
select shard, creator_id, b.received, d.coins
from gift_balance b
full join (
    select d.shard, u.creator_id, sum(u.coins) as coins
    from delivery d, unnest(d.creator_ids, d.creator_coins) as u (creator_id, coins) group by 1, 2
) d using (shard, creator_id)
where b.received is distinct from d.coins;
