-- name: keep_message -> StoredMessage
insert into webhook_event (provider, event_id, kind, received_at, body, due_at) values ($1, $2, $3, $4, $5, $6)
on conflict (provider, event_id) do nothing
returning message_id, provider, event_id, kind, received_at, state, detail, tries, errors, tried_at, due_at, body

-- name: claim_messages -> StoredMessage
-- Messages it is time to apply. Until the lease is over they are nobody else's.
update webhook_event e set due_at = $2
from (
    select provider, event_id from webhook_event where due_at <= $1
    order by due_at limit $3 for update skip locked
) due
where (e.provider, e.event_id) = (due.provider, due.event_id)
returning e.message_id, e.provider, e.event_id, e.kind, e.received_at, e.state, e.detail, e.tries, e.errors, e.tried_at, e.due_at, e.body

-- name: claim_message -> StoredMessage
-- One message, unless somebody is at it.
update webhook_event set due_at = $4
where provider = $1 and event_id = $2 and (due_at is null or due_at <= $3)
returning message_id, provider, event_id, kind, received_at, state, detail, tries, errors, tried_at, due_at, body

-- name: release_message
update webhook_event set due_at = $3 where provider = $1 and event_id = $2 and state = 'waiting'

-- name: lock_message -> StoredMessage
select message_id, provider, event_id, kind, received_at, state, detail, tries, errors, tried_at, due_at, body
from webhook_event where provider = $1 and event_id = $2 for no key update

-- name: message_tried
update webhook_event
set state = $3, previous_state = case when $3 = state and state <> 'waiting' then previous_state else state end,
    detail = $4, tries = tries + 1, errors = errors + $5, tried_at = $6, due_at = $7
where provider = $1 and event_id = $2

-- name: list_messages -> Message
select message_id, provider, event_id, kind, received_at, state, detail, tries, errors, tried_at, due_at
from webhook_event
where ($1::text is null or provider = $1) and ($2::text is null or state = $2)
    and ($3::timestamptz is null or received_at >= $3) and ($4::timestamptz is null or received_at < $4)
    and (received_at, message_id) < ($5, $6)
order by received_at desc, message_id desc limit $7

-- name: count_unfinished -> Unfinished
select count(*) filter (where state = 'waiting') as waiting, count(*) filter (where state = 'problem') as doubtful
from webhook_event where state in ('waiting', 'problem')

-- name: find_message_by_id -> StoredMessage
select message_id, provider, event_id, kind, received_at, state, detail, tries, errors, tried_at, due_at, body
from webhook_event where message_id = $1

-- name: replays -> Replay
select at, person_id, outcome from webhook_replay where message_id = $1 order by at desc limit $2

-- name: write_replay
insert into webhook_replay (message_id, at, person_id, outcome) values ($1, $2, $3, $4) on conflict do nothing

-- name: queue_replays
-- Messages of a time, the oldest first, that nobody is at; they are applied again by the job.
with chosen as (
    select message_id from webhook_event
    where ($1::text is null or provider = $1) and ($2::text is null or state = $2)
        and received_at >= $3 and received_at < $4 and (due_at is null or due_at <= $5)
    order by received_at, message_id limit $6 for update skip locked
), queued as (
    update webhook_event e set due_at = $5 from chosen where e.message_id = chosen.message_id
    returning e.message_id
), noted as (
    insert into webhook_replay (message_id, at, person_id) select message_id, $5, $7 from queued
    on conflict do nothing
)
select count(*) from queued

-- name: find_order -> Order
select * from order_with_quote where shard = $1 and order_id = $2

-- name: orders_by_id -> Order
-- By the id alone, as stores know it, in every shard.
select o.* from ledger_setting l, generate_series(0, l.shards - 1) as s (shard)
join order_with_quote o on o.shard = s.shard and o.order_id = $2 and o.provider = $1

-- name: orders_of_payment -> Order
select o.* from ledger_setting l, generate_series(0, l.shards - 1) as s (shard)
join order_with_quote o on o.shard = s.shard and o.provider = $1 and o.payment_id = $2

-- name: claim_void_poll
-- Whoever gets a row may ask until $3; nobody else does before.
insert into store_void_poll as p (provider, due_at) values ($1, $3)
on conflict (provider) do update set due_at = excluded.due_at where p.due_at <= $2
returning polled_until

-- name: note_void_poll
update store_void_poll set polled_until = $2, due_at = $3 where provider = $1
