-- name: keep_message -> StoredMessage
-- Whoever keeps it has it until its lease ends.
insert into webhook_event (side, provider, event_id, kind, received_at, sealed_body, due_at, leased_until, tries)
values ($1, $2, $3, $4, $5, $6, $7, $7, 1)
on conflict do nothing
returning message_id, side, provider, event_id, kind, received_at, state, detail, tries, errors, tried_at, due_at,
    leased_until, coalesce(body, '') as body, sealed_body

-- name: claim_messages -> StoredMessage
-- Messages of a side it is time to apply.
update webhook_event e set due_at = $2, leased_until = $2, tries = tries + 1
from (
    select message_id from webhook_event where due_at <= $1 and side = $4
    order by due_at, received_at limit $3 for update skip locked
) due
where e.message_id = due.message_id
returning e.message_id, e.side, e.provider, e.event_id, e.kind, e.received_at, e.state, e.detail, e.tries, e.errors,
    e.tried_at, e.due_at, e.leased_until, coalesce(e.body, '') as body, e.sealed_body

-- name: claim_message -> StoredMessage
-- One message, unless somebody is at it.
update webhook_event set due_at = $3, leased_until = $3, tries = tries + 1
where message_id = $1 and (due_at is null or due_at <= $2)
returning message_id, side, provider, event_id, kind, received_at, state, detail, tries, errors, tried_at, due_at,
    leased_until, coalesce(body, '') as body, sealed_body

-- name: hurry_message
update webhook_event set due_at = $2
where message_id = $1 and (due_at is null or leased_until is null or leased_until <= $2)

-- name: postpone_message
update webhook_event set due_at = $3, failed_with = $4, detail = coalesce($5, detail), leased_until = null
where tries = $1 and leased_until = $2 and message_id = $6
returning true

-- name: message_tried
update webhook_event
set state = $4, previous_state = case when $4 = state and state <> 'waiting' then previous_state else state end,
    detail = $5, errors = errors + $6, tried_at = $7, due_at = $8, failed_with = $9, leased_until = null
where tries = $1 and leased_until = $2 and message_id = $3
returning true

-- name: message_failed
-- After it was postponed; what has failed too often ($4) is not tried any more by itself.
update webhook_event
set errors = errors + $2, tried_at = $3,
    due_at = case when $4 then null else due_at end,
    previous_state = case when state = 'waiting' or $4 and state in ('repeated', 'ignored') then state
        else previous_state end,
    state = case when $4 and state <> 'applied' then 'problem' else state end
where message_id = $1

-- name: waiting_payment_messages
select received_at as since, due_at, tries, leased_until, failed_with from webhook_event
where due_at is not null and side = 'payments'

-- name: waiting_payout_messages
select received_at as since, due_at, tries, leased_until, failed_with from webhook_event
where due_at is not null and side = 'payouts'

-- name: list_messages -> Message
select message_id, side, provider, event_id, kind, received_at, state, detail, tries, errors, tried_at, due_at
from webhook_event
where ($1::text is null or provider = $1) and ($2::text is null or state = $2)
    and ($3::timestamptz is null or received_at >= $3) and ($4::timestamptz is null or received_at < $4)
    and (received_at, message_id) < ($5, $6)
order by received_at desc, message_id desc limit $7

-- name: count_unfinished -> Unfinished
select count(*) filter (where state = 'waiting') as waiting, count(*) filter (where state = 'problem') as doubtful
from webhook_event where state in ('waiting', 'problem')

-- name: find_message_by_id -> StoredMessage
select message_id, side, provider, event_id, kind, received_at, state, detail, tries, errors, tried_at, due_at,
    leased_until, coalesce(body, '') as body, sealed_body
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
