-- Quotes

-- columns: quote
q.shard, q.person_id, q.quote_id, q.request, q.book_version, q.region, q.region_source, q.channel, q.coins,
q.coins_left_over, q.unused_minor, q.currency, q.net_minor, q.tax_minor, q.price_minor, q.tax_name, q.tax_rate_bps,
q.store_fee_bps, q.created_at, q.expires_at, q.signature, q.decision_id

-- name: find_quote -> Quote
select {quote} from quote q where shard = $1 and person_id = $2 and quote_id = $3

-- name: write_quote -> Quote
insert into quote as q (shard, person_id, quote_id, request, book_version, region, region_source, channel, coins,
    coins_left_over, unused_minor, currency, net_minor, tax_minor, price_minor, tax_name, tax_rate_bps, store_fee_bps,
    created_at, expires_at, signature, decision_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
on conflict (shard, person_id, quote_id) do nothing
returning {quote}

-- name: write_quote_tax
insert into quote_tax (shard, person_id, quote_id, country, subdivision, postal_code, source, is_answer, name, rate_ppm,
    reference, answered_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)

-- name: subdivision_said_last
-- Where in a country somebody said to be, when they bought last or ask now.
select request::jsonb ->> 'subdivision' from quote
where shard = $1 and person_id = $2 and region = $3 and request::jsonb ->> 'subdivision' is not null
order by created_at desc, quote_id desc limit 1

-- Orders

-- name: write_order
-- Nothing where the order or another of its quote is there. Such a one may be locked by who wants the wallet, which this
-- transaction may hold: it is looked for, not run into.
insert into recharge_order (shard, order_id, person_id, quote_id, provider, return_url, created_at, changed_at,
    expires_at, poll_at, locale, method, card_id, card_consent_id, authenticates)
select $1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, $11, $12, $13, $14
where not exists (select from recharge_order where shard = $1 and order_id = $2)
    and not exists (select from recharge_order where shard = $1 and person_id = $3 and quote_id = $4)
on conflict do nothing
returning order_id

-- name: order_in_turn
select order_in_turn($1, $2)

-- name: keep_consent
-- Nothing when the order was not placed: its quote is another's.
insert into withdrawal_consent (shard, order_id, version, language, words, given_at)
select o.shard, o.order_id, $3, $4, $5, $6 from recharge_order o where o.shard = $1 and o.order_id = $2
on conflict do nothing

-- name: consent_of -> Consent
select version, language, words, given_at from withdrawal_consent where shard = $1 and order_id = $2

-- columns: order
o.shard, o.order_id, o.person_id, o.quote_id, o.provider, o.return_url, o.state, o.payment_id, o.checkout_url,
o.created_at, o.changed_at, o.expires_at, o.polls, o.channel, o.region, o.coins, o.currency, o.net_minor, o.tax_minor,
o.price_minor, o.tax_name, o.tax_rate_bps, o.store_fee_bps, o.needs_review, o.refusal, o.refusal_reasons,
o.refusal_region, o.quantity, o.processing_since, o.locale, o.book_version, o.decision_id, o.voucher, o.method, o.card_id,
o.card_consent_id, o.authenticates, o.decline

-- name: find_order -> Order
select {order} from order_with_quote o
where o.shard = $1 and o.order_id = $2

-- name: find_order_of_anybody -> Order
-- For the operator: the id alone, in every shard.
select {order} from ledger_setting l, generate_series(0, l.shards - 1) as s (shard)
join order_with_quote o on o.shard = s.shard and o.order_id = $1 limit 1

-- name: orders_by_id -> Order
-- By the id alone, as stores know it, in every shard.
select {order} from ledger_setting l, generate_series(0, l.shards - 1) as s (shard)
join order_with_quote o on o.shard = s.shard and o.order_id = $2 and o.provider = $1

-- name: orders_of_payment -> Order
select {order} from ledger_setting l, generate_series(0, l.shards - 1) as s (shard)
join order_with_quote o on o.shard = s.shard and o.provider = $1 and o.payment_id = $2

-- name: lock_order -> Order
select {order} from locked_order($1, $2) o

-- name: language_of_person
select language from person where id = $1

-- name: has_paid
select exists (select from recharge_order where shard = $1 and person_id = $2 and state = 'paid')

-- name: bank_is_to_ask
select step_holds($1, 'authenticate', $2)

-- name: last_way -> ChosenWay
-- How somebody paid last, by one of these providers.
select provider, method from recharge_order
where shard = $1 and person_id = $2 and state = 'paid' and provider = any ($3::text[])
order by order_id desc limit 1

-- name: list_orders -> Order
select {order} from order_with_quote o
where o.shard = $1 and o.person_id = $2 and ($3::uuid is null or o.order_id < $3)
order by o.order_id desc limit $4

-- name: paid_orders -> Order
select {order} from order_with_quote o
where o.shard = $1 and o.person_id = $2 and o.state = 'paid' and ($3::uuid is null or o.order_id < $3)
order by o.order_id desc limit $4

-- name: orders_to_show -> Order
select {order} from order_with_quote o
where o.shard = $1 and o.person_id = $2 and o.order_id in (
    select unnest($3::uuid[])
    union
    (select r.order_id from (
        select order_id, state from recharge_order where shard = $1 and person_id = $2 order by order_id desc limit $4
    ) r where r.state = 'pending')
    union
    (select order_id from recharge_order
     where shard = $1 and person_id = $2 and state = 'pending' and voucher is not null order by order_id desc limit $5)
)
order by o.order_id desc

-- name: list_all_orders -> Order
-- For the operator: orders of everybody, newest first.
select {order} from order_with_quote o
where ($1::text is null or o.state = $1) and ($2::uuid is null or (o.order_id, o.shard) < ($2, $3::smallint))
    and ($5::text is null or o.provider = $5) and ($6::bigint is null or o.person_id = $6)
order by o.order_id desc, o.shard desc limit $4

-- name: open_checkout
update recharge_order
set state = 'pending', previous_state = state, payment_id = $3, checkout_url = $4, changed_at = $5, poll_at = $6
where shard = $1 and order_id = $2 and state = 'created'
returning order_id

-- name: set_quantity
update recharge_order set quantity = $3 where shard = $1 and order_id = $2 and state <> 'paid'

-- name: move_order
update recharge_order
set state = $3, previous_state = state, payment_id = $4, changed_at = $5, poll_at = null
where shard = $1 and order_id = $2 and state = any ($6::text[])
returning order_id

-- name: note_decline
update recharge_order set decline = $3 where shard = $1 and order_id = $2

-- name: note_processing
-- That the money is on its way, perhaps with a voucher, or ($3 null) that it is not after all.
update recharge_order set processing_since = $3, changed_at = $4, voucher = $5 where shard = $1 and order_id = $2

-- name: claim_open_orders -> DueOrder
-- Open orders it is time to ask about.
update recharge_order o set polls = polls + 1, poll_at = $2, leased_until = $2
from (
    select shard, order_id from recharge_order where poll_at <= $1 order by poll_at limit $3 for update skip locked
) due
where o.shard = due.shard and o.order_id = due.order_id
returning o.shard, o.order_id, o.polls as tries, o.leased_until

-- name: postpone_open_order
-- Nothing when it is open no more.
update recharge_order set poll_at = $3, failed_with = $4, poll_error = $5, leased_until = null
where polls = $1 and leased_until = $2 and shard = $6 and order_id = $7 and poll_at is not null
returning true

-- name: waiting_open_orders
select created_at as since, poll_at as due_at, polls as tries, leased_until, failed_with
from recharge_order where poll_at is not null

-- Settling

-- name: sell
-- The viewer's screens are told at the commit; without the notification they would find out by polling.
select sell($1, $2, $3, $4, $5, $6, $7, $8, $9), pg_notify('plaudit_wallets', ':' || $2::bigint)

-- name: keep_what_was_paid
update recharge_order set paid_minor = $3, paid_currency = $4, paid_net_minor = $5, paid_tax_minor = $6
where shard = $1 and order_id = $2

-- name: write_payment_problem
insert into payment_problem (shard, order_id, kind, payment_id, expected_minor, expected_currency, paid_minor,
    paid_currency, credited, detail, noticed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict do nothing
returning problem_id

-- name: end_warning
-- The provider's id stands at the end of the words of a warning.
update payment_problem set resolved_at = $4, resolution = $5
where shard = $1 and order_id = $2 and kind = 'fraud_warning' and right(detail, length($3) + 2) = '(' || $3 || ')'
    and resolved_at is null
returning problem_id

-- name: settle_fee
-- What the channel keeps once it says how much that is: what was booked may have been an estimate. Once more, and once less.
select post($1, $2, case when f.missing > 0 then 'sale_fee_more' else 'sale_fee_less' end, 0, 0, $3, abs(f.missing), $5)
from lock_money($1), lateral (
    select $4::bigint - coalesce(sum(case t.reason when 'sale_fee_less' then -t.amount else t.amount end), 0)::bigint as missing
    from transfer t
    where t.shard = $1 and t.reference = $2 and t.reason in ('sale_fee', 'sale_fee_more', 'sale_fee_less')
) f
where f.missing <> 0

-- name: open_payment_problems -> PaymentProblem
select p.problem_id, p.shard, p.order_id, o.person_id, p.kind, p.payment_id, p.expected_minor, p.expected_currency, p.paid_minor,
    p.paid_currency, p.credited, p.detail, p.noticed_at, p.resolved_at, p.resolved_by, p.resolution
from payment_problem p join recharge_order o using (shard, order_id)
where p.resolved_at is null order by p.noticed_at limit $1

-- Payments that are agreed and not yet taken

-- columns: decision
d.shard, d.order_id, d.payment_id, d.outcome, d.region, d.reasons, d.decided_at, d.due_at, d.tries, d.error,
d.carried_out_at, d.leased_until, d.failed_with

-- name: find_decision -> Decision
select {decision}, o.provider from payment_decision d join recharge_order o using (shard, order_id)
where d.shard = $1 and d.order_id = $2 and d.payment_id = $3

-- name: decide -> Decision
-- Once; only that the checkout of an order that is over is to be called off may be replaced, until it is done. With it the
-- order moves on to $8, or stays ($8 null). Whoever decides has it until the lease ends.
with moved as (
    update recharge_order set state = $8, previous_state = state, payment_id = $3, changed_at = $7, poll_at = null
    where shard = $1 and order_id = $2 and $8::text is not null
), written as (
    insert into payment_decision as d (shard, order_id, payment_id, outcome, region, reasons, decided_at, due_at, leased_until,
        tries)
    values ($1, $2, $3, $4, $5, $6, $7, $9, $9, 1)
    on conflict (shard, order_id, payment_id) do update
    set outcome = excluded.outcome, region = excluded.region, reasons = excluded.reasons, decided_at = excluded.decided_at,
        due_at = excluded.due_at, leased_until = excluded.leased_until, tries = d.tries + 1,
        failed_with = null, error = null
    where d.outcome = 'expire' and d.carried_out_at is null
    returning {decision}
)
select {decision}, $10::text as provider from written d

-- name: call_off
-- The payment of an order that is over is to be let go, unless something was decided about it.
insert into payment_decision (shard, order_id, payment_id, outcome, reasons, decided_at, due_at)
values ($1, $2, $3, 'expire', array['order_is_over'], $4, $4)
on conflict (shard, order_id, payment_id) do nothing

-- name: claim_decisions -> Decision
-- Decisions it is time to carry out, of one order or of all.
update payment_decision d set tries = d.tries + 1, due_at = $2, leased_until = $2
from (
    select shard, order_id, payment_id from payment_decision
    where due_at <= $1 and ($5::uuid is null or (shard, order_id) = ($4, $5))
    order by due_at limit $3 for update skip locked
) due, recharge_order o
where (d.shard, d.order_id, d.payment_id) = (due.shard, due.order_id, due.payment_id)
    and (o.shard, o.order_id) = (d.shard, d.order_id)
returning {decision}, o.provider

-- name: postpone_decision
update payment_decision set due_at = $3, failed_with = $4, error = $5, leased_until = null
where tries = $1 and leased_until = $2 and shard = $6 and order_id = $7 and payment_id = $8 and carried_out_at is null
returning true

-- name: decision_carried_out
update payment_decision set due_at = null, carried_out_at = $6, leased_until = null, failed_with = null, error = null
where tries = $1 and leased_until = $2 and shard = $3 and order_id = $4 and payment_id = $5 and carried_out_at is null
returning true

-- name: waiting_decisions
select decided_at as since, due_at, tries, leased_until, failed_with from payment_decision where due_at is not null

-- Regions

-- name: reference_units
select region, reference_numerator, reference_denominator from price where version = $1 and channel = $2

-- Telling stores

-- name: enqueue_finish
insert into store_finishing (shard, order_id, provider, payment_id, enqueued_at, due_at)
values ($1, $2, $3, $4, $5, $5)
on conflict (shard, order_id) do nothing

-- name: claim_finishes -> DueFinish
update store_finishing f set due_at = $2, leased_until = $2, tries = tries + 1
from (
    select shard, order_id from store_finishing where due_at <= $1 order by due_at limit $3 for update skip locked
) due
where f.shard = due.shard and f.order_id = due.order_id
returning f.shard, f.order_id, f.provider, f.payment_id, f.enqueued_at, f.tries, f.leased_until

-- name: close_finish
update store_finishing
set state = 'finished', closed_at = $5, due_at = null, leased_until = null, failed_with = null, error = ''
where tries = $1 and leased_until = $2 and shard = $3 and order_id = $4 and state = 'waiting'
returning true

-- name: miss_finish
-- The last try failed, and there is no time for another.
update store_finishing set state = 'missed', closed_at = $3, due_at = null
where shard = $1 and order_id = $2 and state = 'waiting'

-- name: postpone_finish
update store_finishing set due_at = $3, failed_with = $4, error = coalesce($5, ''), leased_until = null
where tries = $1 and leased_until = $2 and shard = $6 and order_id = $7 and state = 'waiting'
returning true

-- name: waiting_finishes
select enqueued_at as since, due_at, tries, leased_until, failed_with from store_finishing where due_at is not null

-- name: write_not_finished
-- For the operator, once for each order.
insert into payment_problem (shard, order_id, kind, payment_id, expected_minor, expected_currency, paid_minor,
    paid_currency, credited, detail, noticed_at)
select o.shard, o.order_id, 'not_finished', $3, o.price_minor, o.currency, o.price_minor, o.currency, true, $4, $5
from order_with_quote o where o.shard = $1 and o.order_id = $2
on conflict do nothing

-- Payments somebody has to look at

-- name: list_problems -> PaymentProblem
select p.problem_id, p.shard, p.order_id, o.person_id, p.kind, p.payment_id, p.expected_minor, p.expected_currency,
    p.paid_minor, p.paid_currency, p.credited, p.detail, p.noticed_at, p.resolved_at, p.resolved_by, p.resolution
from payment_problem p join recharge_order o using (shard, order_id)
where ($1::text is null or p.kind = $1) and ($2::boolean is null or (p.resolved_at is null) = $2)
    and (p.noticed_at, p.problem_id) < ($3, $4)
order by p.noticed_at desc, p.problem_id desc limit $5

-- name: count_open_problems
select count(*) from payment_problem where resolved_at is null

-- name: find_problem -> PaymentProblem
select p.problem_id, p.shard, p.order_id, o.person_id, p.kind, p.payment_id, p.expected_minor, p.expected_currency,
    p.paid_minor, p.paid_currency, p.credited, p.detail, p.noticed_at, p.resolved_at, p.resolved_by, p.resolution
from ledger_setting l, generate_series(0, l.shards - 1) as s (shard)
join payment_problem p on p.shard = s.shard and p.problem_id = $1
join recharge_order o on o.shard = p.shard and o.order_id = p.order_id

-- name: resolve_problem
update payment_problem set resolved_at = $3, resolved_by = $4, resolution = $5
where shard = $1 and problem_id = $2 and resolved_at is null
returning problem_id

-- name: bought_since
-- What accounts of one person paid since a moment ($2), or may still pay, in millionths of the minor unit of a currency
-- ($3), less the coins whose money went back. In another currency coins are worth $4 each.
select coalesce(sum((case
    when coalesce(o.paid_currency, q.currency) = $3 then coalesce(o.paid_minor, q.price_minor * o.quantity)::numeric * 1000000
    else bought.coins * $4::bigint::numeric end) * (bought.coins - coalesce(l.coins_reversed, 0)) / bought.coins), 0)::bigint
from unnest($1::bigint[]) person
join recharge_order o on o.shard = shard_of(person) and o.person_id = person
join quote q on q.shard = o.shard and q.person_id = o.person_id and q.quote_id = o.quote_id
left join lot l on l.shard = o.shard and l.lot_id = o.order_id
cross join lateral (select coalesce(l.coins, q.coins * o.quantity) as coins) bought
where o.state not in ('declined', 'expired', 'refused') and coalesce(l.created_at >= $2, true);

-- name: caps_passed -> PassedCap
select number, left_minor, fits_at from caps_passed($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);
