-- What each month that is summed says came and went, creator by creator, is what the books say moved in it.
with moved as (
    select x.shard, x.creator_id, x.month, x.kind, sum(x.amount) as amount
    from (
        select t.shard, s.owner as creator_id, date_trunc('month', t.posted_at at time zone 'UTC')::date as month, s.kind,
            s.amount
        from transfer t
        cross join lateral (values (t.debit_kind, t.debit_owner, -t.amount), (t.credit_kind, t.credit_owner, t.amount))
            s (kind, owner, amount)
        where s.kind in ('gift_balance', 'diamonds_pending', 'diamonds_available', 'diamonds_in_payout')
        union all
        select d.shard, u.creator_id, date_trunc('month', d.delivered_at at time zone 'UTC')::date, 'gift_balance', u.coins
        from delivery d cross join lateral unnest(d.creator_ids, d.creator_coins) as u (creator_id, coins)
    ) x
    join earnings_position p on p.shard = x.shard and x.month < p.month
    group by x.shard, x.creator_id, x.month, x.kind
), written as (
    select m.shard, m.creator_id, m.month, s.kind, s.amount
    from (
        select distinct on (shard, creator_id, month) * from earnings_month order by shard, creator_id, month, edition desc
    ) m
    cross join lateral (values ('gift_balance', m.coins_in - m.coins_out), ('diamonds_pending', m.pending_in - m.pending_out),
        ('diamonds_available', m.available_in - m.available_out), ('diamonds_in_payout', m.in_payout_in - m.in_payout_out))
        s (kind, amount)
)
select shard, creator_id, month, kind, w.amount as written, m.amount as moved
from written w full join moved m using (shard, creator_id, month, kind)
where coalesce(w.amount, 0) <> coalesce(m.amount, 0);
