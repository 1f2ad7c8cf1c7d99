-- Nothing is summed for rules that creators did not receive, as far as their totals have read.
select f.shard, f.creator_id, f.day, f.coins, t.coins_received
from (select shard, creator_id, day, sum(coins) as coins from safety_flow group by shard, creator_id, day) f
left join creator_total t on t.shard = f.shard and t.creator_id = f.creator_id and t.by = 'day' and t.day = f.day
where f.coins > coalesce(t.coins_received, 0) and exists (
    select from follower a join follower b on b.shard = a.shard and b.through >= a.through
    where a.name = 'safety' and b.name = 'creators.totals' and a.shard = f.shard)
