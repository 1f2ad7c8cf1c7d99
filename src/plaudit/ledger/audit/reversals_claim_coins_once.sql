-- Each reversal moved its unspent coins, claims its spent ones within its lot and apart from every other, marks the gifts
-- they paid for, and hands the same coins to their creators' clawback; one that was put back claims nothing.
with claimed as (
    select c.shard, c.reversal_id, sum(c.end_coin - c.start_coin) as coins, sum((
        select coalesce(sum(least(s.end_coin, c.end_coin, w.spent) - greatest(s.start_coin, c.start_coin)), 0)
        from strip s where s.shard = c.shard and s.viewer_id = c.viewer_id and s.lot_id = r.lot_id
            and s.start_coin < least(c.end_coin, w.spent) and s.end_coin > c.start_coin
    )) as coins_of_lot
    from reversed_strip c
    join lot_reversal r using (shard, reversal_id)
    join wallet w on w.shard = c.shard and w.viewer_id = c.viewer_id
    group by 1, 2
), marked as (
    select shard, reversal_id, sum(coins) as coins, sum(coins) filter (where lifted_at is null) as standing
    from gift_reversal group by 1, 2
), clawed as (
    select shard, reversal_id, sum(coins) filter (where direction = 'take') as taken,
        sum(coins) filter (where direction = 'return') as returned
    from clawback group by 1, 2
)
select shard, reversal_id, r.coins_unspent, r.coins_spent, claimed.coins as coins_claimed, marked.coins as coins_marked,
    clawed.taken, clawed.returned, t.amount as moved, u.amount as moved_back
from lot_reversal r
full join (
    select shard, reference as reversal_id, debit_owner as viewer_id, amount from transfer where reason = 'reversal'
) t using (shard, reversal_id, viewer_id)
full join (
    select shard, reference as reversal_id, credit_owner as viewer_id, amount from transfer where reason = 'reversal_undone'
) u using (shard, reversal_id, viewer_id)
left join claimed using (shard, reversal_id)
left join marked using (shard, reversal_id)
left join clawed using (shard, reversal_id)
cross join lateral (
    select case when r.put_back_at is null then r.coins_spent else 0 end as spent,
        case when r.put_back_at is null then 0 else r.coins_spent end as spent_back,
        case when r.put_back_at is null then 0 else r.coins_unspent end as unspent_back
) expected
where coalesce(t.amount, 0) is distinct from r.coins_unspent or coalesce(u.amount, 0) <> expected.unspent_back
    or coalesce(claimed.coins, 0) <> expected.spent or coalesce(claimed.coins_of_lot, 0) <> expected.spent
    or coalesce(marked.coins, 0) <> r.coins_spent or coalesce(marked.standing, 0) <> expected.spent
    or coalesce(clawed.taken, 0) <> r.coins_spent or coalesce(clawed.returned, 0) <> expected.spent_back
union all
select a.shard, a.reversal_id, null, null, a.start_coin, a.end_coin, b.start_coin, b.end_coin, null, null
from reversed_strip a join reversed_strip b
    on a.shard = b.shard and a.viewer_id = b.viewer_id and a.start_coin < b.start_coin and b.start_coin < a.end_coin;
