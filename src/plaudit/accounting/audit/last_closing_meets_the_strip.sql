-- The last closing and the movements since are the unspent coins now, on the strip or held; the last closing is what its lots cost.
with last_closing as (
    select l.shard, l.lot_id, coalesce(d.closing_coins, 0) as coins
    from accounting_position p
    join lot l using (shard)
    left join lateral (
        select closing_coins from accounting_lot_day d
        where d.shard = l.shard and d.lot_id = l.lot_id and d.day < p.day order by d.day desc limit 1
    ) d on true
), since as (
    select p.shard, m.lot_id,
        sum(m.sold_coins + m.put_back_coins - m.used_coins - m.refunded_coins - m.expired_coins) as coins
    from accounting_position p
    cross join lateral lot_movements(p.shard, p.day::timestamp at time zone 'UTC', 'infinity') m
    group by 1, 2
), now as (
    select l.shard, l.lot_id, l.coins_held + coalesce(sum(s.end_coin - greatest(s.start_coin, w.spent)), 0) as coins
    from lot l
    join wallet w using (shard, viewer_id)
    left join strip s on s.shard = l.shard and s.viewer_id = l.viewer_id and s.lot_id = l.lot_id and s.end_coin > w.spent
    group by 1, 2, l.coins_held
), cost as (
    select a.shard, a.kind, a.entity, a.region, a.channel, a.currency, sum(c.coins) as coins,
        sum(cost_of(a.net_minor, a.coins, c.coins)) as minor
    from last_closing c join accounting_lot a using (shard, lot_id) group by 1, 2, 3, 4, 5, 6
), closed as (
    select d.* from accounting_day d join accounting_position p on p.shard = d.shard and p.day - 1 = d.day
)
select shard, lot_id::text as lot_or_group, c.coins as closing_coins, s.coins as moved_since, n.coins as unspent_now
from last_closing c
left join since s using (shard, lot_id)
left join now n using (shard, lot_id)
where c.coins + coalesce(s.coins, 0) <> coalesce(n.coins, 0)
union all
select shard, concat_ws(' ', kind, entity, region, channel, currency), d.closing_coins, cost.coins, cost.minor
from cost full join closed d using (shard, kind, entity, region, channel, currency)
where (coalesce(cost.coins, 0), coalesce(cost.minor, 0)) <> (coalesce(d.closing_coins, 0), coalesce(d.closing_minor, 0));
