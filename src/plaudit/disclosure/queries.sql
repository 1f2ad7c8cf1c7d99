-- name: money_of_lots -> LotMoney
-- What was paid for lots of a person and what of it is tax, as their receipts say, and the fee, as posted.
select r.order_id as lot_id, r.channel, r.currency, r.coins, r.price_minor, r.tax_minor,
    coalesce((select sum(case t.reason when 'sale_fee_less' then -t.amount else t.amount end) from transfer t
        where t.shard = r.shard and t.reference = r.order_id and t.reason in ('sale_fee', 'sale_fee_more', 'sale_fee_less')), 0
    )::bigint as fee_minor
from receipt r
where r.shard = $1 and r.person_id = $2 and r.order_id = any ($3::uuid[])

-- Months of a person, which begin in the time zone $4, from the moment $3 on. Sums that are asked for at another time are others only
-- where a reversal was undone.

-- name: paid_by_month -> MonthSum
select date_trunc('month', r.paid_at at time zone $4)::date as month, r.currency, sum(r.price_minor)::bigint as minor
from lot l join receipt r on r.shard = l.shard and r.order_id = l.lot_id and r.person_id = l.viewer_id
where l.shard = $1 and l.viewer_id = $2 and l.kind = 'paid' and r.paid_at >= $3
group by 1, 2

-- name: back_by_month -> MonthSum
select date_trunc('month', v.created_at at time zone $4)::date as month, v.currency, sum(v.amount_minor)::bigint as minor
from reversal v
where v.shard = $1 and v.person_id = $2 and v.created_at >= $3 and v.state <> 'undone' and v.amount_minor > 0
group by 1, 2

-- name: given_by_month -> MonthGifts
select date_trunc('month', g.charged_at at time zone $4)::date as month, g.creator_id, count(*)::integer as gifts,
    sum(g.coins)::bigint as coins
from gifts_since($1, $2, $3) g
group by 1, 2

-- name: cost_by_month -> MonthLots
-- Coins of gifts by what one of them cost: the stretch of the strip each gift spent, cut by the lots' intervals.
select date_trunc('month', g.charged_at at time zone $4)::date as month, g.creator_id, l.currency, l.price_minor, l.coins as lot_coins,
    sum(least(s.end_coin, g.spent_before + g.coins) - greatest(s.start_coin, g.spent_before))::bigint as coins
from gifts_since($1, $2, $3) g
join strip s on s.shard = g.shard and s.viewer_id = g.viewer_id
    and s.start_coin < g.spent_before + g.coins and s.end_coin > g.spent_before
    and s.start_coin >= (
        select max(b.start_coin) from strip b
        where b.shard = g.shard and b.viewer_id = g.viewer_id and b.start_coin <= g.spent_before)
join lot l on l.shard = s.shard and l.viewer_id = s.viewer_id and l.lot_id = s.lot_id
where l.kind = 'paid'
group by 1, 2, 3, 4, 5
