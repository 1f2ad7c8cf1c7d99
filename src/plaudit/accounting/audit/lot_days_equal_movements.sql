-- What each lot's unspent coins did on each accounted day is what the books say again now; each day opens as the one before closed.
with found as (
    select p.shard, m.* from accounting_position p cross join lateral lot_movements(p.shard, '-infinity', p.summed_until) m
), written as (
    select d.*, coalesce(lag(closing_coins) over (partition by shard, lot_id order by day), 0) as closed_before
    from accounting_lot_day d
)
select shard, day, lot_id, w.opening_coins, w.closed_before, w.sold_coins, f.sold_coins as found_sold, w.put_back_coins,
    f.put_back_coins as found_put_back, w.used_coins, f.used_coins as found_used, w.refunded_coins,
    f.refunded_coins as found_refunded, w.expired_coins, f.expired_coins as found_expired
from written w full join found f using (shard, day, lot_id)
where (w.sold_coins, w.put_back_coins, w.used_coins, w.refunded_coins, w.expired_coins)
        is distinct from (f.sold_coins, f.put_back_coins, f.used_coins, f.refunded_coins, f.expired_coins)
    or w.opening_coins <> w.closed_before;
