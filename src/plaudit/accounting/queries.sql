-- Books for accountants: summing movements, closing days, and reading what was closed.

-- Closing

-- name: begin_positions
-- A shard is accounted from the day of its first lot on.
insert into accounting_position (shard, day, summed_until)
select s.shard, first.day, first.day::timestamp at time zone 'UTC'
from (select generate_series(0, shards - 1)::smallint as shard from ledger_setting) s
cross join lateral (
    select (posted_at at time zone 'UTC')::date as day from transfer t
    where t.shard = s.shard and t.debit_kind = 'coins_issued' and t.debit_owner = 0
    order by posted_at limit 1
) first
where first.day::timestamp at time zone 'UTC' <= $1
on conflict do nothing

-- name: positions -> Position
select shard, day, summed_until from accounting_position order by shard

-- name: claim_position -> Position
-- Nothing when another process is at it.
select shard, day, summed_until from accounting_position where shard = $1 for no key update skip locked

-- name: sum_movements
-- Sorted, so that all openings are found before the first row is written.
insert into accounting_lot_day as d (shard, lot_id, day, opening_coins, sold_coins, put_back_coins, used_coins,
    refunded_coins, expired_coins)
select $1, m.lot_id, m.day, coalesce(before.closing_coins, 0), m.sold_coins, m.put_back_coins, m.used_coins,
    m.refunded_coins, m.expired_coins
from lot_movements($1, $2, $3) m
left join lateral (
    select b.closing_coins from accounting_lot_day b
    where b.shard = $1 and b.lot_id = m.lot_id and b.day < m.day order by b.day desc limit 1
) before on true
order by m.day, m.lot_id
on conflict (shard, day, lot_id) do update set
    sold_coins = d.sold_coins + excluded.sold_coins, put_back_coins = d.put_back_coins + excluded.put_back_coins,
    used_coins = d.used_coins + excluded.used_coins, refunded_coins = d.refunded_coins + excluded.refunded_coins,
    expired_coins = d.expired_coins + excluded.expired_coins

-- name: close_day
-- What was there the day before, and what moved.
insert into accounting_day (shard, day, kind, entity, region, channel, currency,
    opening_coins, sold_coins, put_back_coins, used_coins, refunded_coins, expired_coins, closing_coins,
    opening_minor, sold_minor, put_back_minor, used_minor, refunded_minor, expired_minor, closing_minor,
    gross_sales_minor, sale_tax_minor, sale_fee_minor, gross_refunds_minor, chargebacks_minor, refund_tax_minor,
    refund_fee_minor, dispute_fee_minor)
select $1::smallint, $2::date, kind, entity, region, channel, currency,
    coalesce(b.closing_coins, 0), coalesce(f.sold_coins, 0), coalesce(f.put_back_coins, 0), coalesce(f.used_coins, 0),
    coalesce(f.refunded_coins, 0), coalesce(f.expired_coins, 0),
    coalesce(b.closing_coins, 0)
        + coalesce(f.sold_coins + f.put_back_coins - f.used_coins - f.refunded_coins - f.expired_coins, 0),
    coalesce(b.closing_minor, 0), coalesce(f.sold_minor, 0), coalesce(f.put_back_minor, 0), coalesce(f.used_minor, 0),
    coalesce(f.refunded_minor, 0), coalesce(f.expired_minor, 0),
    coalesce(b.closing_minor, 0)
        + coalesce(f.sold_minor + f.put_back_minor - f.used_minor - f.refunded_minor - f.expired_minor, 0),
    coalesce(f.gross_sales_minor, 0), coalesce(f.sale_tax_minor, 0), coalesce(f.sale_fee_minor, 0),
    coalesce(f.gross_refunds_minor, 0), coalesce(f.chargebacks_minor, 0), coalesce(f.refund_tax_minor, 0),
    coalesce(f.refund_fee_minor, 0), coalesce(f.dispute_fee_minor, 0)
from (
    select kind, entity, region, channel, currency, closing_coins, closing_minor from accounting_day
    where shard = $1 and day = $2::date - 1 and (closing_coins, closing_minor) <> (0, 0)
) b
full join accounting_flow($1, $2, ($2::date + 1)::timestamp at time zone 'UTC') f
    using (kind, entity, region, channel, currency)

-- name: close_creator_day
-- Diamonds of a shard and their worth: what was there the day before, and what moved; all that ever moved, on the first day.
-- Nothing where there is nothing. $4: the house currency.
with before as (
    select day, closing_diamonds, closing_minor from accounting_creator_day
    where shard = $1 and day < $2::date order by day desc limit 1
), bounds as (
    select coalesce((select (day + 1)::timestamp at time zone 'UTC' from before), '-infinity') as since, $3::timestamptz as until
), moved as (
    select coalesce((select sum(t.amount) from transfer t where t.shard = $1 and t.debit_kind = 'diamonds_issued'
            and t.debit_owner = 0 and t.posted_at >= b.since and t.posted_at < b.until), 0)::bigint as earned,
        coalesce((select sum(t.amount) from transfer t where t.shard = $1 and t.credit_kind = 'diamonds_issued'
            and t.credit_owner = 0 and t.posted_at >= b.since and t.posted_at < b.until), 0)::bigint as taken_back,
        coalesce((select sum(t.amount) from transfer t where t.shard = $1 and t.credit_kind = 'diamonds_redeemed'
            and t.posted_at >= b.since and t.posted_at < b.until), 0)::bigint
        - coalesce((select sum(t.amount) from transfer t where t.shard = $1 and t.debit_kind = 'diamonds_redeemed'
            and t.posted_at >= b.since and t.posted_at < b.until), 0)::bigint as paid
    from bounds b
), rate as (
    select version, numerator::numeric as numerator, denominator from payout_rate
    where currency = $4 and effective_at < $3 order by effective_at desc, version desc limit 1
), figures as (
    select coalesce(f.closing_diamonds, 0) as opening, coalesce(f.closing_minor, 0) as opening_minor, m.earned, m.taken_back,
        m.paid, r.version, round(coalesce(f.closing_diamonds, 0) * r.numerator / r.denominator)::bigint as opening_worth,
        round(m.paid * r.numerator / r.denominator)::bigint as paid_minor,
        round((coalesce(f.closing_diamonds, 0) + m.earned - m.taken_back - m.paid) * r.numerator / r.denominator)::bigint
            as closing_worth
    from moved m cross join rate r left join before f on true
)
insert into accounting_creator_day (shard, day, opening_diamonds, earned_diamonds, taken_back_diamonds, paid_diamonds,
    rate_version, opening_minor, revalued_minor, earned_minor, paid_minor)
select $1::smallint, $2::date, opening, earned, taken_back, paid, version, opening_minor, opening_worth - opening_minor,
    closing_worth - opening_worth + paid_minor, paid_minor
from figures
where (opening, opening_minor, earned, taken_back, paid) <> (0, 0, 0, 0, 0)

-- name: forget_creator_days
delete from accounting_creator_day where day >= $1

-- name: move_position
update accounting_position set day = $2, summed_until = $3 where shard = $1

-- name: forget_days
delete from accounting_day where day >= $1

-- name: forget_lot_days
delete from accounting_lot_day where day >= $1

-- name: lock_positions
select shard from accounting_position order by shard for no key update

-- name: move_positions_back
update accounting_position set day = $1::date, summed_until = $1::date::timestamp at time zone 'UTC' where day > $1::date
    or (day = $1::date and summed_until > $1::date::timestamp at time zone 'UTC')

-- name: write_reopening
insert into accounting_reopening (from_day, reason, reopened_at) values ($1, $2, $3)

-- Reading

-- name: extent -> Extent
-- The days that are closed in all shards, and until when movements of the open ones are summed.
select (select min(day) from accounting_day) as first_day, min(day) - 1 as last_closed_day, min(summed_until) as summed_until
from accounting_position

-- name: roll_forward -> DayFigures
-- Closed days, shard, region and channel summed up; $3 and $4: entity and currency, null for all.
select day, kind, entity, currency,
    sum(opening_coins)::bigint as opening_coins, sum(sold_coins)::bigint as sold_coins,
    sum(put_back_coins)::bigint as put_back_coins, sum(used_coins)::bigint as used_coins,
    sum(refunded_coins)::bigint as refunded_coins, sum(expired_coins)::bigint as expired_coins,
    sum(closing_coins)::bigint as closing_coins,
    sum(opening_minor)::bigint as opening_minor, sum(sold_minor)::bigint as sold_minor,
    sum(put_back_minor)::bigint as put_back_minor, sum(used_minor)::bigint as used_minor,
    sum(refunded_minor)::bigint as refunded_minor, sum(expired_minor)::bigint as expired_minor,
    sum(closing_minor)::bigint as closing_minor,
    sum(gross_sales_minor)::bigint as gross_sales_minor, sum(sale_tax_minor)::bigint as sale_tax_minor,
    sum(sale_fee_minor)::bigint as sale_fee_minor, sum(gross_refunds_minor)::bigint as gross_refunds_minor,
    sum(chargebacks_minor)::bigint as chargebacks_minor, sum(refund_tax_minor)::bigint as refund_tax_minor,
    sum(refund_fee_minor)::bigint as refund_fee_minor, sum(dispute_fee_minor)::bigint as dispute_fee_minor,
    sum(revenue_reversed_minor)::bigint as revenue_reversed_minor
from accounting_day
where shard in (select shard from accounting_position)
    and day between $1 and least($2, (select min(day) - 1 from accounting_position))
    and ($3::text is null or entity = $3) and ($4::text is null or currency = $4)
    and (day, kind, entity, currency) > ($5::date, $6::text, $7::text, $8::text)
group by day, kind, entity, currency
order by day, kind, entity, currency
limit $9

-- name: open_days -> DayFigures
-- The days after the last closed one, as far as they are summed, as if they were one.
select $1::date as day, kind, entity, currency,
    sum(opening_coins)::bigint as opening_coins, sum(sold_coins)::bigint as sold_coins,
    sum(put_back_coins)::bigint as put_back_coins, sum(used_coins)::bigint as used_coins,
    sum(refunded_coins)::bigint as refunded_coins, sum(expired_coins)::bigint as expired_coins,
    sum(opening_coins + sold_coins + put_back_coins - used_coins - refunded_coins - expired_coins)::bigint as closing_coins,
    sum(opening_minor)::bigint as opening_minor, sum(sold_minor)::bigint as sold_minor,
    sum(put_back_minor)::bigint as put_back_minor, sum(used_minor)::bigint as used_minor,
    sum(refunded_minor)::bigint as refunded_minor, sum(expired_minor)::bigint as expired_minor,
    sum(opening_minor + sold_minor + put_back_minor - used_minor - refunded_minor - expired_minor)::bigint as closing_minor,
    sum(gross_sales_minor)::bigint as gross_sales_minor, sum(sale_tax_minor)::bigint as sale_tax_minor,
    sum(sale_fee_minor)::bigint as sale_fee_minor, sum(gross_refunds_minor)::bigint as gross_refunds_minor,
    sum(chargebacks_minor)::bigint as chargebacks_minor, sum(refund_tax_minor)::bigint as refund_tax_minor,
    sum(refund_fee_minor)::bigint as refund_fee_minor, sum(dispute_fee_minor)::bigint as dispute_fee_minor,
    sum(gross_refunds_minor + chargebacks_minor - refund_tax_minor - refunded_minor + put_back_minor)::bigint
        as revenue_reversed_minor
from (
    select kind, entity, currency, closing_coins as opening_coins, 0 as sold_coins, 0 as put_back_coins, 0 as used_coins,
        0 as refunded_coins, 0 as expired_coins, closing_minor as opening_minor, 0 as sold_minor, 0 as put_back_minor,
        0 as used_minor, 0 as refunded_minor, 0 as expired_minor, 0 as gross_sales_minor, 0 as sale_tax_minor,
        0 as sale_fee_minor, 0 as gross_refunds_minor, 0 as chargebacks_minor, 0 as refund_tax_minor,
        0 as refund_fee_minor, 0 as dispute_fee_minor
    from accounting_day
    where shard in (select shard from accounting_position) and day = $1::date - 1
    union all
    select f.kind, f.entity, f.currency, 0, f.sold_coins, f.put_back_coins, f.used_coins, f.refunded_coins, f.expired_coins,
        0, f.sold_minor, f.put_back_minor, f.used_minor, f.refunded_minor, f.expired_minor, f.gross_sales_minor,
        f.sale_tax_minor, f.sale_fee_minor, f.gross_refunds_minor, f.chargebacks_minor, f.refund_tax_minor,
        f.refund_fee_minor, f.dispute_fee_minor
    from accounting_position p cross join lateral accounting_flow(p.shard, $1, p.summed_until) f
) x
where ($2::text is null or entity = $2) and ($3::text is null or currency = $3)
group by kind, entity, currency
order by kind, entity, currency

-- name: unspent_at -> Unspent
-- Unspent coins of one shard at a moment: those of the last closing before it, and what moved since. $2: the moment.
with base as (
    select coalesce(
        (select least(day, ($2::timestamptz at time zone 'UTC')::date) from accounting_position where shard = $1),
        '-infinity'::date) as day
), moved as (
    select m.lot_id,
        sum(m.sold_coins + m.put_back_coins - m.used_coins - m.refunded_coins - m.expired_coins)::bigint as coins
    from base cross join lateral lot_movements($1, base.day::timestamp at time zone 'UTC', $2) m
    group by m.lot_id
)
select kind, entity, region, channel, currency, sum(coins)::bigint as coins, sum(minor)::bigint as minor
from (
    select d.kind, d.entity, d.region, d.channel, d.currency, d.closing_coins as coins, d.closing_minor as minor
    from base join accounting_day d on d.shard = $1 and d.day = base.day - 1
    union all
    select l.kind, l.entity, l.region, l.channel, l.currency, m.coins,
        cost_of(l.net_minor, l.coins, coalesce(before.closing_coins, 0) + m.coins)
            - cost_of(l.net_minor, l.coins, coalesce(before.closing_coins, 0))
    from moved m
    join accounting_lot l on l.shard = $1 and l.lot_id = m.lot_id
    left join lateral (
        select b.closing_coins from accounting_lot_day b
        where b.shard = $1 and b.lot_id = m.lot_id and b.day < (select day from base) order by b.day desc limit 1
    ) before on true
) x
group by kind, entity, region, channel, currency
having (sum(coins), sum(minor)) <> (0, 0)

-- name: prepaid_unused -> UnusedLots
-- Unspent coins of one shard that were paid for in a region ($3), at a moment ($2), with what was paid for them. Of each lot:
-- what its last closed day before it left, and what moved since.
with base as (
    select coalesce(
        (select least(day, ($2::timestamptz at time zone 'UTC')::date) from accounting_position where shard = $1),
        '-infinity'::date) as day
), moved as (
    select m.lot_id,
        sum(m.sold_coins + m.put_back_coins - m.used_coins - m.refunded_coins - m.expired_coins)::bigint as coins
    from base cross join lateral lot_movements($1, base.day::timestamp at time zone 'UTC', $2) m
    group by m.lot_id
), unused as (
    select a.lot_id, a.entity, a.net_minor, l.price_minor, l.currency, l.coins,
        coalesce(before.closing_coins, 0) + coalesce(m.coins, 0) as left_coins
    from accounting_lot a
    join lot l on l.shard = a.shard and l.lot_id = a.lot_id
    left join moved m on m.lot_id = a.lot_id
    left join lateral (
        select b.closing_coins from accounting_lot_day b
        where b.shard = a.shard and b.lot_id = a.lot_id and b.day < (select day from base) order by b.day desc limit 1
    ) before on true
    where a.shard = $1 and a.kind = 'paid' and a.region = $3 and l.created_at < $2
)
select entity, currency, sum(left_coins)::bigint as coins, sum(cost_of(price_minor, coins, left_coins))::bigint as paid_minor,
    sum(cost_of(net_minor, coins, left_coins))::bigint as net_minor
from unused where left_coins > 0 group by entity, currency order by entity, currency

-- name: choices -> Choices
-- The entities and currencies there are; the currency in which most coins were there or sold comes first.
with found as (
    select entity, currency, sum(opening_coins + sold_coins) as coins from accounting_day
    where shard in (select shard from accounting_position) and day between $1 and $2 and currency <> ''
    group by entity, currency
)
select coalesce((select array_agg(distinct entity order by entity) from found), '{}') as entities,
    coalesce((
        select array_agg(currency order by coins desc, currency)
        from (select currency, sum(coins) as coins from found group by currency) c
    ), '{}') as currencies

-- name: shards
select shards from ledger_setting

-- name: allow_long
-- Plans are made for each call: tables grow by orders of magnitude between two of them.
select set_config('plan_cache_mode', 'force_custom_plan', true)

-- What moves

-- name: volumes -> Volumes
-- What moved since a moment.
select
    coalesce((select sum(t.amount) from transfer t
        where t.shard = any ($2::smallint[]) and t.debit_kind = 'coins_issued' and t.debit_owner = 0
            and t.posted_at >= $1 and t.reason = 'recharge'), 0)::bigint as coins_sold,
    (select count(*) from transfer t
        where t.shard = any ($2::smallint[]) and t.debit_kind = 'coins_issued' and t.debit_owner = 0
            and t.posted_at >= $1 and t.reason = 'recharge') as recharges,
    coalesce((select sum(d.gifts) from delivery d where d.delivered_at >= $1), 0)::bigint as gifts_delivered,
    coalesce((select sum(d.coins) from delivery d where d.delivered_at >= $1), 0)::bigint as coins_delivered,
    coalesce((select sum(b.gifts) from gift_batch b), 0)::bigint as gifts_waiting,
    coalesce((select sum(t.amount) from transfer t
        where t.shard = any ($2::smallint[]) and t.debit_kind = 'diamonds_issued' and t.debit_owner = 0
            and t.posted_at >= $1), 0)::bigint as diamonds,
    (select count(*) from payout p where p.requested_at >= $1) as payouts,
    coalesce((select sum(p.diamonds) from payout p where p.requested_at >= $1), 0)::bigint as payout_diamonds

-- name: proceeds -> Money
-- Money of recharges since a moment, by currency.
select sum(t.amount)::bigint as amount_minor, t.asset as currency
from transfer t
where t.shard = any ($2::smallint[]) and t.debit_kind = 'buyers' and t.debit_owner = 0 and t.posted_at >= $1
    and t.reason = 'sale'
group by t.asset order by t.asset

-- name: hours -> Hour
-- Coins sold and delivered, hour by hour.
select h.hour as at,
    coalesce((select sum(t.amount) from transfer t
        where t.shard = any ($2::smallint[]) and t.debit_kind = 'coins_issued' and t.debit_owner = 0
            and t.reason = 'recharge' and t.posted_at >= h.hour and t.posted_at < h.hour + interval '1 hour'),
        0)::bigint as coins_sold,
    coalesce((select sum(d.coins) from delivery d
        where d.delivered_at >= h.hour and d.delivered_at < h.hour + interval '1 hour'), 0)::bigint as coins_delivered
from generate_series(date_trunc('hour', $1::timestamptz) - interval '23 hours', date_trunc('hour', $1::timestamptz),
    interval '1 hour') as h (hour)
order by h.hour
