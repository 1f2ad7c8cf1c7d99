-- name: note_transaction
insert into store_transaction (provider, environment, transaction_id, state, hold_reason, account_token, product_id,
    quantity, coins, amount_minor, currency, presented_by, noticed_at, changed_at)
values ($1, $2, $3, 'held', $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
on conflict (provider, environment, transaction_id) do nothing
returning transaction_id

-- name: lock_transaction -> StoreTransaction
select id, provider, environment, transaction_id, state, hold_reason, shard, order_id, account_token, product_id, quantity,
    coins, amount_minor, currency, presented_by, noticed_at, changed_at, resolved_by, resolution, grant_id, due_at, error
from store_transaction where provider = $1 and environment = $2 and transaction_id = $3 for no key update

-- name: find_transaction -> StoreTransaction
select id, provider, environment, transaction_id, state, hold_reason, shard, order_id, account_token, product_id, quantity,
    coins, amount_minor, currency, presented_by, noticed_at, changed_at, resolved_by, resolution, grant_id, due_at, error
from store_transaction where id = $1

-- name: lock_transaction_by_id -> StoreTransaction
select id, provider, environment, transaction_id, state, hold_reason, shard, order_id, account_token, product_id, quantity,
    coins, amount_minor, currency, presented_by, noticed_at, changed_at, resolved_by, resolution, grant_id, due_at, error
from store_transaction where id = $1 for no key update

-- name: hold_transaction
update store_transaction
set hold_reason = $4, presented_by = coalesce(presented_by, $5), changed_at = $6,
    due_at = case when $4 in ('nothing_paid', 'no_price') then coalesce($7, due_at) end
where provider = $1 and environment = $2 and transaction_id = $3 and state = 'held'

-- name: note_price
-- What was paid, once the store says it.
update store_transaction set amount_minor = $4, currency = $5
where provider = $1 and environment = $2 and transaction_id = $3 and state = 'held' and currency = 'XXX'

-- name: claim_transaction
update store_transaction
set state = 'claimed', shard = $4, order_id = $5, changed_at = $6, resolved_by = $7, resolution = $8, due_at = null
where provider = $1 and environment = $2 and transaction_id = $3 and state = 'held'

-- name: close_transaction
update store_transaction
set state = 'closed', changed_at = $4, resolved_by = $5, resolution = $6, grant_id = $7,
    due_at = case when $7::uuid is not null then $4 when hold_reason = 'nothing_paid' then due_at end
where provider = $1 and environment = $2 and transaction_id = $3 and state = 'held'

-- name: claim_held -> DueHeld
-- Purchases of which their store is to be asked or told.
update store_transaction t set tries = tries + 1, due_at = $2, leased_until = $2
from (
    select provider, environment, transaction_id from store_transaction
    where due_at <= $1 order by due_at limit $3 for update skip locked
) due
where (t.provider, t.environment, t.transaction_id) = (due.provider, due.environment, due.transaction_id)
returning t.provider, t.environment, t.transaction_id, t.state, t.hold_reason, t.presented_by, t.noticed_at, t.tries,
    t.leased_until

-- name: postpone_held
update store_transaction set due_at = $3, failed_with = $4, error = $5, leased_until = null
where tries = $1 and leased_until = $2 and provider = $6 and environment = $7 and transaction_id = $8
    and due_at is not null
returning true

-- name: done_with_held
update store_transaction set due_at = null, leased_until = null, failed_with = null, error = null
where tries = $1 and leased_until = $2 and provider = $3 and environment = $4 and transaction_id = $5
returning true

-- name: waiting_held
select noticed_at as since, due_at, tries, leased_until, failed_with from store_transaction where due_at is not null

-- name: transaction_of_order
select transaction_id from store_transaction where shard = $1 and order_id = $2

-- name: list_transactions -> StoreTransaction
-- For the operator: those in a state, newest first.
select id, provider, environment, transaction_id, state, hold_reason, shard, order_id, account_token, product_id, quantity,
    coins, amount_minor, currency, presented_by, noticed_at, changed_at, resolved_by, resolution, grant_id, due_at, error
from store_transaction where state = $1 and (noticed_at, id) < ($2, $3::uuid)
order by noticed_at desc, id desc limit $4

-- name: candidates
-- Orders a held transaction may be for: of whoever brought it, unpaid, for the same product.
select o.order_id from order_with_quote o
where o.shard = $1 and o.person_id = $2 and o.provider = $3 and o.coins / o.quantity = $4
    and o.state in ('created', 'pending', 'declined', 'expired')
    and not exists (select from store_transaction t where t.shard = o.shard and t.order_id = o.order_id)
order by o.order_id desc limit $5

-- Consent

-- name: consent_of -> Consent
select given, changed_at from store_consent where person_id = $1 order by id desc limit 1

-- name: write_consent
insert into store_consent (person_id, changed_at, given) values ($1, $2, $3)

-- Consumption requests

-- name: note_request
insert into consumption_request (provider, request_id, shard, order_id, payment_id, reason, noticed_at, answer_until,
    due_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $7)
on conflict (provider, request_id) do nothing
returning request_id

-- name: note_declined
-- With the last question of the store; its word of the latest time stands.
update consumption_request set refund_declined_at = $4
where (provider, request_id) = (
        select provider, request_id from consumption_request
        where provider = $1 and shard = $2 and order_id = $3
        order by noticed_at desc limit 1)
    and (refund_declined_at is null or refund_declined_at < $4)
returning request_id

-- name: claim_requests -> DueRequest
-- Requests that are due, the most urgent first.
update consumption_request r set due_at = $2, leased_until = $2, tries = tries + 1
from (
    select provider, request_id from consumption_request
    where due_at <= $1 order by answer_until limit $3 for update skip locked
) due
where r.provider = due.provider and r.request_id = due.request_id
returning r.provider, r.request_id, r.shard, r.order_id, r.payment_id, r.answer_until, r.tries,
    r.leased_until

-- name: consumed_of_lot -> Consumed
-- Coins of a lot that were spent, whether or not they were taken back since.
select coins, spent from lot_state where shard = $1 and lot_id = $2

-- name: person_of_order
select person_id from recharge_order where shard = $1 and order_id = $2

-- name: close_request
update consumption_request
set state = $5, consumed_ppm = coalesce($6, consumed_ppm), error = $7, closed_at = $8, due_at = null, leased_until = null,
    failed_with = null
where tries = $1 and leased_until = $2 and provider = $3 and request_id = $4 and state = 'waiting'
returning true

-- name: postpone_request
-- Tried again before the time is over, and looked at once more when it is.
update consumption_request
set due_at = least($3, answer_until), failed_with = $4, error = coalesce($5, ''), leased_until = null
where tries = $1 and leased_until = $2 and provider = $6 and request_id = $7 and state = 'waiting'
returning true

-- name: waiting_requests
select noticed_at as since, due_at, tries, leased_until, failed_with from consumption_request where due_at is not null

-- name: list_requests -> ConsumptionEntry
-- For the operator, newest first.
select r.id, r.provider, r.request_id, r.order_id, o.person_id, r.payment_id, r.reason, r.noticed_at, r.answer_until, r.state,
    r.tries, r.error, r.consumed_ppm, r.closed_at, r.refund_declined_at
from consumption_request r join recharge_order o using (shard, order_id)
where ($1::text is null or r.state = $1) and (r.noticed_at, r.id) < ($2, $3::uuid)
order by r.noticed_at desc, r.id desc limit $4
