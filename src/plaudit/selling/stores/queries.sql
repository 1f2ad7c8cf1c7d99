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
    key_id = case when presented_by is null and $5 is not null then acting_key() else key_id end,
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
select noticed_at as since, due_at, tries, leased_until, failed_with, answer_until as wanted_by
from consumption_request where due_at is not null

-- name: list_requests -> ConsumptionEntry
-- For the operator, newest first.
select r.id, r.provider, r.request_id, r.order_id, o.person_id, r.payment_id, r.reason, r.noticed_at, r.answer_until, r.state,
    r.tries, r.error, r.consumed_ppm, r.closed_at, r.refund_declined_at
from consumption_request r join recharge_order o using (shard, order_id)
where ($1::text is null or r.state = $1) and (r.noticed_at, r.id) < ($2, $3::uuid)
order by r.noticed_at desc, r.id desc limit $4

-- Links

-- name: claim_link_reports -> DueLinkReport
-- Those of one order one after the other.
update store_link_report r set tries = r.tries + 1, due_at = $2, leased_until = $2
from (
    select w.report_id from store_link_report w
    where w.due_at <= $1 and not exists (
        select from store_link_report e
        where e.shard = w.shard and e.order_id = w.order_id and e.number < w.number and e.state = 'waiting')
    order by w.due_at limit $3 for update skip locked
) due
join store_link_report d using (report_id)
join store_link l on l.provider = d.provider and l.link_id = d.link_id
where r.report_id = due.report_id
returning r.report_id, r.provider, r.link_id, l.token, r.kind, r.happened_at, r.tries, r.leased_until

-- name: linked_sale
-- What a report is about; nothing for one without a sale.
select s.report_id as sale_id, f.report_id as refund_id, o.coins / o.quantity as coins, r.region, r.currency, r.net_minor,
    r.tax_minor, r.net_left_minor
from store_link_report r
join order_with_quote o using (shard, order_id)
join store_link_report s on s.shard = r.shard and s.order_id = r.order_id and s.kind = 'sale'
left join store_link_report f on f.shard = r.shard and f.reversal_id = r.reversal_id and f.kind = 'refund'
where r.report_id = $1

-- name: postpone_link_report
update store_link_report set due_at = $3, failed_with = $4, error = $5, leased_until = null
where tries = $1 and leased_until = $2 and report_id = $6 and state = 'waiting'
returning true

-- name: end_link_report
-- In the state $4; $5: why the store will not take it.
update store_link_report set state = $4, ended_at = $6, due_at = null, leased_until = null,
    failed_with = case when $5::text is not null then 'refused' end, error = $5
where tries = $1 and leased_until = $2 and report_id = $3 and state = 'waiting'
returning true

-- name: waiting_link_reports
-- With those that a store would not take: they wait for a person.
select happened_at as since, due_at, tries, leased_until, failed_with, report_by as wanted_by from store_link_report
where state in ('waiting', 'refused')

-- name: list_link_reports -> LinkReportLine
select report_id, provider, link_id, kind, order_id, reversal_id, region, currency, net_minor, tax_minor, happened_at,
    report_by, state, ended_at, tries, error, closed_by, resolution
from store_link_report
where ($1::text is null or state = $1) and (happened_at, report_id) < ($2, $3::uuid)
order by happened_at desc, report_id desc limit $4

-- name: find_link_report -> LinkReportLine
select report_id, provider, link_id, kind, order_id, reversal_id, region, currency, net_minor, tax_minor, happened_at,
    report_by, state, ended_at, tries, error, closed_by, resolution
from store_link_report where report_id = $1

-- name: retry_link_report
-- At once, from the beginning.
update store_link_report set state = 'waiting', ended_at = null, due_at = $2, tries = 0, failed_with = null
where report_id = $1 and (state = 'refused' or (state = 'waiting' and leased_until is null))
returning true

-- name: close_link_report
-- One that nobody is telling now.
update store_link_report set state = 'not_told', ended_at = $2, due_at = null, leased_until = null, failed_with = null,
    closed_by = $3, resolution = $4
where report_id = $1 and (state = 'refused' or (state = 'waiting' and not coalesce(leased_until > $2, false)))
returning true

-- name: is_link_known
select token is not null from store_link where provider = $1 and link_id = $2

-- name: answer_link
insert into store_link_report (provider, link_id, kind, happened_at, report_by, due_at)
select l.provider, l.link_id, $3, $4::timestamptz, $4 + make_interval(hours => l.report_hours), $4
from store_link l
where l.provider = $1 and l.link_id = $2
    and not exists (select from store_link_report r where r.provider = $1 and r.link_id = $2)
on conflict do nothing
returning report_id

-- name: report_unused
-- Links of which nothing was told, and whose orders are all over.
insert into store_link_report (provider, link_id, kind, happened_at, report_by, due_at)
select l.provider, l.link_id, 'no_sale', $3::timestamptz, $3 + make_interval(hours => l.report_hours), $3
from store_link l
where l.provider = any ($1::text[]) and l.noted_at < $2 and l.token is not null
    and not exists (select from store_link_report r where r.provider = l.provider and r.link_id = l.link_id)
    and not exists (
        select from store_link_order k join recharge_order o using (shard, order_id)
        where k.provider = l.provider and k.link_id = l.link_id and o.state in ('created', 'pending', 'authorised'))
order by l.noted_at limit $4
on conflict do nothing
returning report_id
