-- Reversals: what of an order is held, the rows of reversals, and their movements.

-- name: lock_money
select lock_money($1)

-- name: find_accounts -> Account
-- Orders as reversals see them. Stores give back their share of what goes back; card processors keep their fee.
select o.shard, o.order_id, o.currency, o.price_minor as paid_minor, o.tax_minor as paid_tax_minor,
    coalesce(r.returnable_fee_minor, case when o.channel <> 'web' then f.amount end, 0) as returnable_fee_minor,
    o.coins as paid_coins,
    coalesce(r.reversed_minor, 0) as reversed_minor, coalesce(r.reversed_tax_minor, 0) as reversed_tax_minor,
    coalesce(r.reversed_fee_minor, 0) as reversed_fee_minor, coalesce(r.reversed_coins, 0) as reversed_coins,
    coalesce(l.unspent + l.held, 0) as unspent, coalesce(l.held, 0) as unspent_held,
    coalesce(l.coins - l.reversed_unspent - l.reversed_spent - l.expired, 0) as takeable, l.created_at as funded_at
from order_with_quote o
left join order_reversed r on r.shard = o.shard and r.order_id = o.order_id
left join lot_state l on l.shard = o.shard and l.lot_id = o.order_id
left join transfer f on f.shard = o.shard and f.reference = o.order_id and f.reason = 'sale_fee'
where o.shard = $1 and o.order_id = any ($2::uuid[])

-- name: hold
insert into order_reversed as h (shard, order_id, currency, paid_minor, paid_tax_minor, returnable_fee_minor, paid_coins,
    reversed_minor, reversed_tax_minor, reversed_fee_minor, reversed_coins)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (shard, order_id) do update set
    reversed_minor = h.reversed_minor + excluded.reversed_minor,
    reversed_tax_minor = h.reversed_tax_minor + excluded.reversed_tax_minor,
    reversed_fee_minor = h.reversed_fee_minor + excluded.reversed_fee_minor,
    reversed_coins = h.reversed_coins + excluded.reversed_coins

-- name: release
update order_reversed
set reversed_minor = reversed_minor - $3, reversed_tax_minor = reversed_tax_minor - $4,
    reversed_fee_minor = reversed_fee_minor - $5, reversed_coins = reversed_coins - $6
where shard = $1 and order_id = $2

-- name: take_back
-- The viewer's screens and whoever takes it from creators are told at the commit.
select t.coins_unspent, t.coins_spent, pg_notify('plaudit_wallets', ':' || $2::bigint),
    pg_notify('plaudit_work', 'creators.claw_back')
from take_back($1, $2, $3, $4, $5, $6, $7) t

-- name: put_back
select put_back($1, $2, $3, $4), pg_notify('plaudit_wallets', ':' || $2::bigint),
    pg_notify('plaudit_work', 'creators.claw_back')

-- name: post
select post($1, $2, $3, 0, 0, $4, $5, $6)

-- name: write_reversal
insert into reversal (shard, reversal_id, order_id, person_id, kind, state, provider, provider_reversal_id, step,
    claimed_minor, currency, amount_minor, net_minor, tax_minor, fee_returned_minor, coins, coins_unspent, coins_spent,
    reason, requested_by, request, created_at, changed_at, provider_at, respond_until, poll_at, excess_minor, decision_id, minor_refund_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $22, $23, $24, $25,
    $26, $27, $28)

-- columns: reversal
r.shard, r.reversal_id, r.order_id, r.person_id, r.kind, r.state, r.previous_state, r.provider,
r.provider_reversal_id, r.step, r.claimed_minor, r.currency, r.amount_minor, r.net_minor, r.tax_minor,
r.fee_returned_minor, r.dispute_fee_minor, r.dispute_fee_returned, r.coins, r.coins_unspent, r.coins_spent, r.reason,
r.outcome, r.requested_by, r.request, r.created_at, r.changed_at, r.provider_at, r.respond_until, r.poll_at, r.polls,
r.send_error, r.leased_until, r.failed_with, r.excess_minor, r.excess_returned

-- name: find_reversal -> Reversal
select {reversal} from reversal r where shard = $1 and reversal_id = $2

-- name: decided_reversal -> Reversal
select {reversal} from reversal r where decision_id = $1

-- name: refund_needs_two
select refund_needs_two($1, $2, $3, $4, $5)

-- name: reversals_of_order -> Reversal
select {reversal} from reversal r where shard = $1 and order_id = $2 order by created_at, step, reversal_id

-- name: order_of_provider_reversal
-- Another order a provider's reversal was told of before.
select order_id from reversal where shard = $1 and provider = $2 and provider_reversal_id = $3 and order_id <> $4 limit 1

-- name: reversals_of_person -> Reversal
select {reversal} from reversal r
where shard = $1 and person_id = $2 and (amount_minor > 0 or coins > 0) and ($3::uuid is null or reversal_id < $3)
order by reversal_id desc limit $4

-- name: all_reversals -> Reversal
-- For the operator: those of everybody, newest first.
select {reversal} from reversal r
where ($1::text is null or kind = $1) and ($2::text is null or state = $2) and ($3::text is null or provider = $3)
    and ($4::bigint is null or person_id = $4)
    and (created_at, reversal_id) < ($5, $6)
order by created_at desc, reversal_id desc limit $7

-- name: move_reversal
update reversal
set previous_state = state, state = $3, outcome = $4, changed_at = $5, provider_at = coalesce($6, provider_at), poll_at = null
where shard = $1 and reversal_id = $2 and state <> $3

-- name: note_provider
-- What the provider calls it and says of it, while its state stays.
update reversal
set provider_reversal_id = coalesce(provider_reversal_id, $3), claimed_minor = greatest(claimed_minor, $4),
    provider_at = greatest(provider_at, $5), respond_until = coalesce($6, respond_until)
where shard = $1 and reversal_id = $2

-- name: return_excess
update reversal set excess_returned = true where shard = $1 and reversal_id = $2

-- name: note_dispute_fee
update reversal set dispute_fee_minor = $3, dispute_fee_returned = $4 where shard = $1 and reversal_id = $2

-- name: find_rules
-- In the order of the regions and days that are asked for; nulls where nothing is written.
select r.days, r.basis
from unnest($1::text[], $2::date[]) with ordinality as a (region, day, place)
left join lateral (
    select days, basis from withdrawal_rule w where w.region = a.region and w.valid_from <= a.day
    order by w.valid_from desc limit 1
) r on true
order by a.place

-- name: time_runs
-- Until the last day is over wherever the buyer is, as `deadline` has it; what a store sold is withdrawn from there.
select exists (
    select from recharge_order o join quote q using (shard, person_id, quote_id)
    left join lateral (
        select days from withdrawal_rule w
        where w.region = q.region and w.valid_from <= (o.changed_at at time zone 'UTC')::date
        order by w.valid_from desc limit 1
    ) r on true
    where o.shard = shard_of($1::bigint) and o.person_id = $1 and o.state = 'paid' and q.channel = 'web'
        and coalesce(r.days, $2::int) > 0
        and date_trunc('day', o.changed_at, 'UTC') + make_interval(days => coalesce(r.days, $2) + 1, hours => $3::int) > $4
)

-- name: list_rules -> RegionRule
select region, valid_from, days, basis from withdrawal_rule order by region, valid_from desc

-- name: rule_before -> RegionRule
select region, valid_from, days, basis from withdrawal_rule
where region = $1 and valid_from < $2 order by valid_from desc limit 1

-- name: has_rule
select exists (select from withdrawal_rule where region = $1 and valid_from = $2)

-- name: add_rule
insert into withdrawal_rule (region, valid_from, days, basis) values ($1, $2, $3, $4)

-- name: claim_reversals -> DueReversal
-- Those the provider has to be told of, or one of them, for whoever asked for it.
update reversal r set polls = polls + 1, poll_at = $2, leased_until = $2
from (
    select shard, reversal_id from reversal where poll_at <= $1 and ($5::uuid is null or (shard, reversal_id) = ($4, $5))
    order by poll_at limit $3 for update skip locked
) due
where r.shard = due.shard and r.reversal_id = due.reversal_id
returning {reversal}, r.polls as tries

-- name: postpone_reversal
update reversal set poll_at = $3, failed_with = $4, send_error = $5, leased_until = null
where polls = $1 and leased_until = $2 and shard = $6 and reversal_id = $7 and state = 'requested'
returning true

-- name: hold_reversal
-- Whether nobody else tells the provider of it, from now to the end of the transaction. News may have moved it on meanwhile.
select true from reversal
where shard = $3 and reversal_id = $4 and (state <> 'requested' or (polls = $1 and leased_until = $2)) for no key update

-- name: waiting_reversals
select created_at as since, poll_at as due_at, polls as tries, leased_until, failed_with
from reversal where poll_at is not null

-- name: orders_paid_in
-- Of one person, those whose coins came in a period; the oldest first.
select l.lot_id from lot l
where l.shard = shard_of($1::bigint) and l.viewer_id = $1 and l.kind = 'paid' and l.created_at >= $2 and l.created_at < $3
order by l.created_at, l.lot_id limit $4

-- name: losses_of
-- Coins of gifts to each creator that reversals take back.
select creator_id, sum(coins)::bigint as coins from gift_reversal
where shard = $1 and reversal_id = any ($2::uuid[])
group by creator_id order by coins desc, creator_id

-- name: refunds_need_two
select refunds_need_two($1, $2, $3, $4, $5)

-- columns: minor_refund
id, person_id, since, until, reason, requested_by, decided_at, decision_id

-- name: add_minor_refund
insert into minor_refund ({minor_refund}) values ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: add_minor_refund_order
insert into minor_refund_order (minor_refund_id, shard, order_id, amount_minor, currency) values ($1, $2, $3, $4, $5)

-- name: find_minor_refund -> MinorRefund
select {minor_refund} from minor_refund where id = $1

-- name: decided_minor_refund -> MinorRefund
select {minor_refund} from minor_refund where decision_id = $1

-- name: minor_refunds -> MinorRefund
select {minor_refund} from minor_refund where (decided_at, id) < ($1, $2) order by decided_at desc, id desc limit $3

-- name: orders_of_minor_refund -> CaseOrder
-- With the reversal that stands, or the last that was refused.
select o.order_id, o.amount_minor, o.currency, r.reversal_id, r.state, r.coins, r.send_error, r.failed_with, r.outcome
from minor_refund_order o
left join lateral (
    select r.reversal_id, r.state, r.coins, r.send_error, r.failed_with, r.outcome from reversal r
    where r.minor_refund_id = o.minor_refund_id and r.shard = o.shard and r.order_id = o.order_id
    order by r.state = 'undone', r.created_at desc, r.reversal_id desc limit 1) r on true
where o.minor_refund_id = $1 order by o.order_id
