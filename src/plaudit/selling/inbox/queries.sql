-- name: keep_message -> StoredMessage
-- Whoever keeps it has it until its lease ends.
insert into webhook_event (provider, event_id, kind, received_at, body, due_at, leased_until, tries)
values ($1, $2, $3, $4, $5, $6, $6, 1)
on conflict (provider, event_id) do nothing
returning message_id, provider, event_id, kind, received_at, state, detail, tries, errors, tried_at, due_at, leased_until, body

-- name: claim_messages -> StoredMessage
-- Messages it is time to apply.
update webhook_event e set due_at = $2, leased_until = $2, tries = tries + 1
from (
    select provider, event_id from webhook_event where due_at <= $1
    order by due_at, received_at limit $3 for update skip locked
) due
where (e.provider, e.event_id) = (due.provider, due.event_id)
returning e.message_id, e.provider, e.event_id, e.kind, e.received_at, e.state, e.detail, e.tries, e.errors, e.tried_at,
    e.due_at, e.leased_until, e.body

-- name: claim_message -> StoredMessage
-- One message, unless somebody is at it.
update webhook_event set due_at = $4, leased_until = $4, tries = tries + 1
where provider = $1 and event_id = $2 and (due_at is null or due_at <= $3)
returning message_id, provider, event_id, kind, received_at, state, detail, tries, errors, tried_at, due_at, leased_until, body

-- name: postpone_message
update webhook_event set due_at = $3, failed_with = $4, detail = coalesce($5, detail), leased_until = null
where tries = $1 and leased_until = $2 and provider = $6 and event_id = $7
returning true

-- name: message_tried
update webhook_event
set state = $5, previous_state = case when $5 = state and state <> 'waiting' then previous_state else state end,
    detail = $6, errors = errors + $7, tried_at = $8, due_at = $9, failed_with = $10, leased_until = null
where tries = $1 and leased_until = $2 and provider = $3 and event_id = $4
returning true

-- name: message_failed
-- After it was postponed; what has failed too often ($5) is not tried any more by itself.
update webhook_event
set errors = errors + $3, tried_at = $4,
    due_at = case when $5 then null else due_at end,
    previous_state = case when state = 'waiting' or $5 and state in ('repeated', 'ignored') then state else previous_state end,
    state = case when $5 and state <> 'applied' then 'problem' else state end
where provider = $1 and event_id = $2

-- name: waiting_messages
select received_at as since, due_at, tries, leased_until, failed_with from webhook_event where due_at is not null

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
select message_id, provider, event_id, kind, received_at, state, detail, tries, errors, tried_at, due_at, leased_until, body
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

-- name: lock_order -> Order
select * from locked_order($1, $2)

-- name: orders_by_id -> Order
-- By the id alone, as stores know it, in every shard.
select o.* from ledger_setting l, generate_series(0, l.shards - 1) as s (shard)
join order_with_quote o on o.shard = s.shard and o.order_id = $2 and o.provider = $1

-- name: orders_of_payment -> Order
select o.* from ledger_setting l, generate_series(0, l.shards - 1) as s (shard)
join order_with_quote o on o.shard = s.shard and o.provider = $1 and o.payment_id = $2

-- name: begin_void_polls
insert into store_void_poll (provider, due_at) select name, $2 from unnest($1::text[]) name on conflict do nothing

-- name: claim_void_polls -> DueVoidPoll
update store_void_poll p set due_at = $2, leased_until = $2, tries = tries + 1
from (
    select provider from store_void_poll where due_at <= $1 and provider = any ($4::text[])
    order by due_at limit $3 for update skip locked
) due
where p.provider = due.provider
returning p.provider, p.polled_until, p.tries, p.leased_until

-- name: note_void_poll
update store_void_poll set polled_until = $4 where tries = $1 and leased_until = $2 and provider = $3 returning true

-- name: postpone_void_poll
-- An answer ends a row of failures.
update store_void_poll
set due_at = $3, failed_with = $4, error = $5, leased_until = null, tries = case when $4::text is null then 0 else tries end
where tries = $1 and leased_until = $2 and provider = $6
returning true

-- name: waiting_void_polls
select coalesce(polled_until, due_at) as since, due_at, tries, leased_until, failed_with from store_void_poll
