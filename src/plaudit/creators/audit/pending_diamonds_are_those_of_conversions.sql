-- Each creator's pending diamonds are those of the conversions that have not matured, less what was clawed back.
select shard, creator_id, a.balance, c.diamonds
from (select shard, owner_id as creator_id, balance from account where kind = 'diamonds_pending') a
full join (
    select shard, creator_id, sum(diamonds - diamonds_clawed) as diamonds from conversion where matured_at is null group by 1, 2
) c using (shard, creator_id)
where coalesce(a.balance, 0) <> coalesce(c.diamonds, 0);
