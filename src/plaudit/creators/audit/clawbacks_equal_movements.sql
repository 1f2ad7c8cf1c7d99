-- Each clawback that was applied took its coins, part by part, as the movements say, and gave them back when it was undone.
with part_movement (reason, is_return, is_coin, is_pending) as (
    values ('clawback_coins', false, true, false), ('clawback_coins_returned', true, true, false),
        ('clawback_pending', false, false, true), ('clawback_pending_returned', true, false, true),
        ('clawback_available', false, false, false), ('clawback_available_returned', true, false, false)
), expected as (
    select p.shard, p.reference, m.reason, p.creator_id,
        case when m.is_coin then p.coins when m.is_return then p.diamonds_returned else p.diamonds end as amount
    from clawback_part p join part_movement m
        on m.is_coin = (p.conversion_id is null) and (not m.is_return or p.returned_at is not null)
        and (m.is_coin or m.is_pending = case when m.is_return then p.returned_pending else p.was_pending end)
), moved as (
    select t.shard, t.reference, t.reason, amount,
        case when m.is_return then t.credit_owner else t.debit_owner end as creator_id
    from transfer t join part_movement m using (reason)
)
select shard, reference, reason, e.creator_id, e.amount, m.amount as moved
from (select * from expected where amount > 0) e full join moved m using (shard, reference, reason)
where e.amount is distinct from m.amount or e.creator_id is distinct from m.creator_id
union all
select c.shard, c.reversal_id, c.direction, c.creator_id, c.coins, p.coins
from clawback c
left join lateral (
    select sum(coins) as coins from clawback_part p
    where p.shard = c.creator_shard and p.reversal_id = c.reversal_id and p.creator_id = c.creator_id
        and (c.direction = 'take' or p.returned_at is not null)
) p on true
where (c.applied_at is not null and p.coins is distinct from c.coins)
    or (c.applied_at is null and p.coins is not null)
union all
select c.shard, c.id, 'conversion', c.creator_id, c.coins_clawed, p.coins
from conversion c
left join (
    select shard, conversion_id, sum(coins) as coins from clawback_part where returned_at is null group by 1, 2
) p on p.shard = c.shard and p.conversion_id = c.id
where c.coins_clawed <> coalesce(p.coins, 0);
