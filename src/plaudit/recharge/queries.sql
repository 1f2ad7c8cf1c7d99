-- name: shard_of
select shard_of($1)

-- Price books

-- name: current_book -> PriceBook
select version, effective_at, rates_date, note, sources, $1::timestamptz as at from price_book b
where effective_at <= $1 and not exists (select from price_book_withdrawal w where w.version = b.version)
order by effective_at desc, version desc limit 1

-- name: regions
select distinct region from price where version = $1 order by region

-- name: prices -> Price
-- With the tax rate of the day $3: the latest decision of an operator that covers it, else the published one, else the
-- book's own. The name of the tax goes with its rate.
select p.version, region, channel, currency, unit_numerator, unit_denominator, step_minor,
    coalesce(t.name, p.tax_name) as tax_name, coalesce(t.rate_bps, p.tax_rate_bps) as tax_rate_bps,
    tax_included, store_fee_bps, custom_amounts, coins_min, coins_max, reference_numerator, reference_denominator,
    store_fee_fixed_minor, seller_code,
    coalesce((
        select jsonb_agg(jsonb_build_object('coins', k.coins, 'price_minor', k.price_minor, 'best_value', k.best_value,
            'saving_percent', k.saving_percent, 'offer', case when k.offer_code is not null then jsonb_build_object(
                'code', k.offer_code, 'price_minor', k.offer_price_minor, 'starts_at', k.offer_starts_at,
                'ends_at', k.offer_ends_at) end) order by k.sort)
        from package k where (k.version, k.region, k.channel) = (p.version, p.region, p.channel)
    ), '[]') as packages
from price p
left join lateral (
    select name, rate_bps from tax_rate r
    where r.country = p.region and r.valid_from <= $3 and (r.valid_until is null or $3 < r.valid_until)
    order by r.is_override desc, r.tax_rate_id desc limit 1
) t on true
where p.version = $1 and region = $2
order by array_position(array['web', 'apple', 'google'], channel)

-- name: seller_of -> SellerOfRecord
select s.code, s.name, s.address, s.tax_id
from (
    select version from price_book b
    where effective_at <= $1 and not exists (select from price_book_withdrawal w where w.version = b.version)
    order by effective_at desc, version desc limit 1
) b
join price p on p.version = b.version and p.region = $2 and p.channel = $3
join price_seller s on s.version = p.version and s.code = p.seller_code

-- name: own_quote_key
select key from quote_key

-- name: make_quote_key
insert into quote_key (key) values ($1) on conflict do nothing

-- Quotes

-- name: find_quote -> Quote
select * from quote where shard = $1 and person_id = $2 and quote_id = $3

-- name: write_quote -> Quote
insert into quote (shard, person_id, quote_id, request, book_version, region, region_source, channel, coins,
    coins_left_over, unused_minor, currency, net_minor, tax_minor, price_minor, tax_name, tax_rate_bps, store_fee_bps,
    created_at, expires_at, signature, decision_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
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
    expires_at, poll_at, locale)
values ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10)
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

-- name: language_of_person
select language from person where id = $1

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
    and ($5::text is null or o.provider = $5) and ($6::bigint is null or o.person_id = $6)
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

-- name: note_processing
-- That the money is on its way, or ($3 null) that it is not after all.
update recharge_order set processing_since = $3, changed_at = $4 where shard = $1 and order_id = $2

-- name: claim_open_orders
-- Open orders it is time to ask about. The next time is set here, so that no two workers ask about the same one.
update recharge_order o
set polls = polls + 1, poll_at = $1::timestamptz + make_interval(secs => case
    when processing_since is null then least($3 * 2 ^ least(polls, 20), $4) else $5 end)
from (
    select shard, order_id from recharge_order where poll_at <= $1 order by poll_at limit $2 for update skip locked
) due
where o.shard = due.shard and o.order_id = due.order_id
returning o.shard, o.order_id

-- Settling

-- name: fund
-- The viewer's screens are told at the commit; without the notification they would find out by polling.
select fund($1, $2, $3, 'paid', 'recharge', $4, $5, $6, $7), pg_notify('plaudit_wallets', ':' || $2::bigint)

-- name: lock_money
select lock_money($1)

-- name: post
select post($1, $2, $3, 0, 0, $4, $5, $6)

-- name: keep_what_was_paid
update recharge_order set paid_minor = $3, paid_currency = $4, paid_net_minor = $5, paid_tax_minor = $6
where shard = $1 and order_id = $2

-- name: write_payment_problem
insert into payment_problem (shard, order_id, kind, payment_id, expected_minor, expected_currency, paid_minor,
    paid_currency, credited, detail, noticed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict do nothing
returning problem_id

-- name: open_payment_problems -> PaymentProblem
select p.*, o.person_id from payment_problem p join recharge_order o using (shard, order_id)
where p.resolved_at is null order by p.noticed_at limit $1

-- Payments that are agreed and not yet taken

-- name: find_decision -> Decision
select d.*, o.provider from payment_decision d join recharge_order o using (shard, order_id)
where d.shard = $1 and d.order_id = $2 and d.payment_id = $3

-- name: write_decision
-- Once; only that the checkout of an order that is over is to be called off may be replaced, until it is done.
insert into payment_decision (shard, order_id, payment_id, outcome, region, reasons, decided_at, due_at)
values ($1, $2, $3, $4, $5, $6, $7, $7)
on conflict (shard, order_id, payment_id) do update
set outcome = excluded.outcome, region = excluded.region, reasons = excluded.reasons, decided_at = excluded.decided_at,
    due_at = excluded.due_at, error = null
where payment_decision.outcome = 'expire' and payment_decision.carried_out_at is null

-- name: call_off
-- The payment of an order that is over is to be let go, unless something was decided about it.
insert into payment_decision (shard, order_id, payment_id, outcome, reasons, decided_at, due_at)
values ($1, $2, $3, 'expire', array['order_is_over'], $4, $4)
on conflict (shard, order_id, payment_id) do nothing

-- name: claim_decisions -> Decision
-- Decisions it is time to carry out, of one order or of all. Until the lease is over they are nobody else's.
update payment_decision d set tries = d.tries + 1, due_at = $2
from (
    select shard, order_id, payment_id from payment_decision
    where due_at <= $1 and ($4::uuid is null or (shard, order_id) = ($3, $4))
    order by due_at limit $5 for update skip locked
) due, recharge_order o
where (d.shard, d.order_id, d.payment_id) = (due.shard, due.order_id, due.payment_id)
    and (o.shard, o.order_id) = (d.shard, d.order_id)
returning d.*, o.provider

-- name: postpone_decision
update payment_decision set due_at = $4, error = $5
where shard = $1 and order_id = $2 and payment_id = $3 and carried_out_at is null

-- name: decision_carried_out
update payment_decision set due_at = null, carried_out_at = $4, error = null
where shard = $1 and order_id = $2 and payment_id = $3 and carried_out_at is null

-- Wallets

-- name: find_wallet -> Wallet
select coins, spent from wallet where shard = $1 and viewer_id = $2

-- name: open_lots -> OpenLot
select greatest(s.start_coin, $3) as start_coin, s.end_coin - greatest(s.start_coin, $3) as unspent,
    l.lot_id, l.kind, l.coins, l.price_minor, l.currency, l.created_at, l.expires_at
from strip s join lot l using (shard, viewer_id, lot_id)
where s.shard = $1 and s.viewer_id = $2 and s.end_coin > $3
order by s.end_coin limit $4

-- name: promotional_coins
-- Unspent coins that were not bought.
select coalesce(sum(s.end_coin - greatest(s.start_coin, $3)), 0)::bigint
from strip s join lot l using (shard, viewer_id, lot_id)
where s.shard = $1 and s.viewer_id = $2 and s.end_coin > $3 and l.kind = 'promotional'

-- name: expiring_coins -> Expiring
select sum(s.end_coin - greatest(s.start_coin, $3))::bigint as coins, l.expires_at
from strip s join lot l using (shard, viewer_id, lot_id)
where s.shard = $1 and s.viewer_id = $2 and s.end_coin > $3 and l.expires_at is not null
group by l.expires_at order by l.expires_at limit $4

-- name: open_worth
-- What unspent coins cost, by kinds of lots: few rows however many lots there are, each an exact fraction.
select l.price_minor, l.currency, l.coins, sum(s.end_coin - greatest(s.start_coin, $3))::bigint as unspent
from strip s join lot l using (shard, viewer_id, lot_id)
where s.shard = $1 and s.viewer_id = $2 and s.end_coin > $3 and l.kind = 'paid'
group by l.price_minor, l.currency, l.coins order by l.currency, l.price_minor, l.coins

-- name: history_lots
select lot_id, kind, coins, price_minor, currency, created_at, coins_expired from lot
where shard = $1 and viewer_id = $2 and ($3::uuid is null or lot_id < $3)
order by lot_id desc limit $4

-- name: history_gifts
select g.id, g.creator_id, g.room_id, r.title as room_title, g.item_id, v.name as item_name, coalesce(nullif(v.still, ''), v.art) as item_art,
    g.count, g.coins, g.charged_at
from gift g left join room r on r.id = g.room_id
left join lateral item_shown(g.item_id, g.coins / g.count, g.charged_at) v on true
where g.shard = $1 and g.viewer_id = $2 and ($3::uuid is null or g.id < $3)
order by g.id desc limit $4

-- name: gift_lots -> LotPart
-- Which lots paid for gifts: the stretch of the strip each gift spent, cut by the lots' intervals.
select g.id as gift_id, l.lot_id, l.kind, l.coins as lot_coins, l.price_minor, l.currency,
    sum(least(s.end_coin, g.spent_before + g.coins) - greatest(s.start_coin, g.spent_before))::bigint as coins,
    sum(coalesce((
        select sum(least(c.end_coin, s.end_coin, g.spent_before + g.coins) - greatest(c.start_coin, s.start_coin, g.spent_before))
        from reversed_strip c
        where c.shard = g.shard and c.viewer_id = g.viewer_id
            and c.start_coin < least(s.end_coin, g.spent_before + g.coins)
            and c.end_coin > greatest(s.start_coin, g.spent_before)
    ), 0))::bigint as coins_reversed
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

-- Regions

-- name: reference_units
select region, reference_numerator, reference_denominator from price where version = $1 and channel = $2

-- name: quote_of_order
select q.book_version, q.decision_id
from recharge_order o join quote q using (shard, person_id, quote_id)
where o.shard = $1 and o.order_id = $2
