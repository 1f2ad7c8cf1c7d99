-- name: shard_of
select shard_of($1)

-- Price books

-- name: newest_version
select max(version) from price_book

-- name: write_book
insert into price_book (version, effective_at, rates_date, note, sources) values ($1, $2, $3, $4, $5)
on conflict (version) do nothing returning version

-- name: write_price
insert into price (version, region, channel, currency, unit_numerator, unit_denominator, step_minor, tax_name,
    tax_rate_bps, tax_included, store_fee_bps, custom_amounts, coins_min, coins_max)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)

-- name: write_package
insert into package (version, region, channel, coins, price_minor, sort) values ($1, $2, $3, $4, $5, $6)

-- name: current_book -> PriceBook
select version, effective_at, rates_date, note, sources from price_book
where effective_at <= $1 order by effective_at desc, version desc limit 1

-- name: regions
select distinct region from price where version = $1 order by region

-- name: prices -> Price
select p.version, region, channel, currency, unit_numerator, unit_denominator, step_minor, tax_name, tax_rate_bps,
    tax_included, store_fee_bps, custom_amounts, coins_min, coins_max,
    coalesce((
        select jsonb_agg(jsonb_build_object('coins', k.coins, 'price_minor', k.price_minor) order by k.sort)
        from package k where (k.version, k.region, k.channel) = (p.version, p.region, p.channel)
    ), '[]') as packages
from price p where p.version = $1 and region = $2
order by array_position(array['web', 'apple', 'google'], channel)

-- Quotes

-- name: find_quote -> Quote
select * from quote where shard = $1 and person_id = $2 and quote_id = $3

-- name: write_quote -> Quote
insert into quote (shard, person_id, quote_id, request, book_version, region, region_source, channel, coins,
    coins_left_over, unused_minor, currency, net_minor, tax_minor, price_minor, tax_name, tax_rate_bps, store_fee_bps,
    created_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
on conflict (shard, person_id, quote_id) do nothing
returning *

-- name: forget_quotes
delete from quote q using (
    select shard, person_id, quote_id from quote c
    where expires_at < $1 and not exists (
        select from recharge_order o where (o.shard, o.person_id, o.quote_id) = (c.shard, c.person_id, c.quote_id))
    order by expires_at limit $2
) old
where (q.shard, q.person_id, q.quote_id) = (old.shard, old.person_id, old.quote_id)

-- Orders

-- name: write_order
insert into recharge_order (shard, order_id, person_id, quote_id, provider, return_url, created_at, changed_at,
    expires_at, poll_at)
values ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9)
on conflict do nothing
returning order_id

-- name: find_order -> Order
select * from order_with_quote o
where o.shard = $1 and o.order_id = $2

-- name: find_order_of_anybody -> Order
-- For the operator: the id alone, in every shard.
select o.* from ledger_setting l, generate_series(0, l.shards - 1) as s (shard)
join order_with_quote o on o.shard = s.shard and o.order_id = $1 limit 1

-- name: lock_order
select state from recharge_order where shard = $1 and order_id = $2 for no key update

-- name: order_of_quote
select order_id from recharge_order where shard = $1 and person_id = $2 and quote_id = $3

-- name: list_orders -> Order
select * from order_with_quote o
where o.shard = $1 and o.person_id = $2 and ($3::uuid is null or o.order_id < $3)
order by o.order_id desc limit $4

-- name: list_all_orders -> Order
-- For the operator: orders of everybody, newest first.
select * from order_with_quote o
where ($1::text is null or o.state = $1) and ($2::uuid is null or (o.order_id, o.shard) < ($2, $3::smallint))
order by o.order_id desc, o.shard desc limit $4

-- name: open_checkout
update recharge_order
set state = 'pending', previous_state = state, payment_id = $3, checkout_url = $4, changed_at = $5, poll_at = $6
where shard = $1 and order_id = $2 and state = 'created'
returning order_id

-- name: move_order
update recharge_order
set state = $3, previous_state = state, payment_id = $4, changed_at = $5, poll_at = null
where shard = $1 and order_id = $2 and state = any ($6::text[])
returning order_id

-- name: claim_open_orders
-- Open orders it is time to ask about. The next time is set here, so that no two workers ask about the same one.
update recharge_order o
set polls = polls + 1, poll_at = $1::timestamptz + make_interval(secs => least($3 * 2 ^ least(polls, 20), $4))
from (
    select shard, order_id from recharge_order where poll_at <= $1 order by poll_at limit $2 for update skip locked
) due
where o.shard = due.shard and o.order_id = due.order_id
returning o.shard, o.order_id

-- Settling

-- name: fund
-- The viewer's screens are told at the commit; without the notification they would find out by polling.
select fund($1, $2, $3, 'paid', 'recharge', $4, $5, $6, $7), pg_notify('plaudit_wallets', ':' || $2::bigint)

-- name: post
select post($1, $2, $3, 0, 0, $4, $5, $6)

-- name: next_receipt_number
insert into receipt_counter as c (shard, seller_code, last_number) values ($1, $2, 1)
on conflict (shard, seller_code) do update set last_number = c.last_number + 1
returning last_number

-- name: write_receipt
insert into receipt (shard, order_id, person_id, seller_code, number, seller_name, seller_address, issued_at, paid_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- name: find_receipt -> Receipt
select r.shard, r.order_id, r.person_id, r.seller_code, r.number, r.seller_name, r.seller_address, r.issued_at, r.paid_at,
    q.channel, q.region, o.provider, q.coins, q.currency, q.net_minor, q.tax_minor, q.price_minor, q.tax_name,
    q.tax_rate_bps
from receipt r join recharge_order o using (shard, order_id)
join quote q on (q.shard, q.person_id, q.quote_id) = (o.shard, o.person_id, o.quote_id)
where r.shard = $1 and r.order_id = $2

-- name: write_webhook_event
insert into webhook_event (provider, event_id, kind, received_at, body, outcome, detail)
values ($1, $2, $3, $4, $5, $6, $7) on conflict (provider, event_id) do nothing

-- name: webhook_event_outcome
select outcome from webhook_event where provider = $1 and event_id = $2

-- name: write_payment_problem
insert into payment_problem (shard, order_id, kind, payment_id, expected_minor, expected_currency, paid_minor,
    paid_currency, credited, noticed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict do nothing

-- name: open_payment_problems -> PaymentProblem
select p.*, o.person_id from payment_problem p join recharge_order o using (shard, order_id)
where p.resolved_at is null order by p.noticed_at limit $1

-- Wallets

-- name: find_wallet -> Wallet
select coins, spent from wallet where shard = $1 and viewer_id = $2

-- name: open_lots -> OpenLot
select greatest(s.start_coin, $3) as start_coin, s.end_coin - greatest(s.start_coin, $3) as unspent,
    l.lot_id, l.kind, l.coins, l.price_minor, l.currency, l.created_at
from strip s join lot l using (shard, viewer_id, lot_id)
where s.shard = $1 and s.viewer_id = $2 and s.end_coin > $3
order by s.end_coin limit $4

-- name: open_worth
-- What unspent coins cost, by kinds of lots: few rows however many lots there are, each an exact fraction.
select l.price_minor, l.currency, l.coins, sum(s.end_coin - greatest(s.start_coin, $3))::bigint as unspent
from strip s join lot l using (shard, viewer_id, lot_id)
where s.shard = $1 and s.viewer_id = $2 and s.end_coin > $3 and l.kind = 'paid'
group by l.price_minor, l.currency, l.coins order by l.currency, l.price_minor, l.coins

-- name: history_lots
select lot_id, kind, coins, price_minor, currency, created_at from lot
where shard = $1 and viewer_id = $2 and ($3::uuid is null or lot_id < $3)
order by lot_id desc limit $4

-- name: history_gifts
select g.id, g.creator_id, g.room_id, r.title as room_title, g.item_id, v.name as item_name, v.art as item_art,
    g.count, g.coins, g.charged_at
from gift g left join room r on r.id = g.room_id
left join lateral (
    select name, art from item_version i
    where i.item_id = g.item_id and i.active_from <= g.charged_at
    order by i.version desc limit 1
) v on true
where g.shard = $1 and g.viewer_id = $2 and ($3::uuid is null or g.id < $3)
order by g.id desc limit $4

-- name: gift_lots -> LotPart
-- Which lots paid for gifts: the stretch of the strip each gift spent, cut by the lots' intervals.
select g.id as gift_id, l.lot_id, l.kind, l.coins as lot_coins, l.price_minor, l.currency,
    sum(least(s.end_coin, g.spent_before + g.coins) - greatest(s.start_coin, g.spent_before))::bigint as coins
from gift g
join strip s on s.shard = g.shard and s.viewer_id = g.viewer_id
    and s.start_coin < g.spent_before + g.coins and s.end_coin > g.spent_before
    and s.start_coin >= (
        select max(b.start_coin) from strip b
        where b.shard = g.shard and b.viewer_id = g.viewer_id and b.start_coin <= g.spent_before)
join lot l on l.shard = s.shard and l.viewer_id = s.viewer_id and l.lot_id = s.lot_id
where g.shard = $1 and g.viewer_id = $2 and g.id = any ($3::uuid[])
group by g.id, l.lot_id, l.kind, l.coins, l.price_minor, l.currency
order by g.id, min(s.start_coin)
