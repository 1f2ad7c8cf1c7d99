-- name: rate_at -> PayoutRate
select version, currency, numerator, denominator, source, source_note, effective_at
from payout_rate where currency = $1 and effective_at <= $2
order by effective_at desc, version desc limit 1;

-- name: rate -> PayoutRate
select version, currency, numerator, denominator, source, source_note, effective_at
from payout_rate where version = $1;

-- name: rates_at -> PayoutRate
select distinct on (currency) version, currency, numerator, denominator, source, source_note, effective_at
from payout_rate where effective_at <= $1
order by currency, effective_at desc, version desc;

-- name: add_rate -> PayoutRate
insert into payout_rate (version, currency, numerator, denominator, source, source_note, effective_at, recorded_at, recorded_by)
select max(version) + 1, $1, $2, $3, $4, $5, $6, $7, $8 from payout_rate
returning version, currency, numerator, denominator, source, source_note, effective_at;

-- name: lock_rates
-- One at a time records rates, so that two processes do not record the same ones.
select pg_advisory_xact_lock(hashtext('plaudit.payout_rate'));

-- name: terms_at -> PayoutTerms
select version, method_kind, fee_fixed_minor, fee_fixed_currency, fee_bps, diamonds_min, diamonds_per_day_max, effective_at, note
from payout_terms where method_kind = $1 and effective_at <= $2
order by effective_at desc, version desc limit 1;

-- name: terms -> PayoutTerms
select version, method_kind, fee_fixed_minor, fee_fixed_currency, fee_bps, diamonds_min, diamonds_per_day_max, effective_at, note
from payout_terms where version = $1;

-- name: add_terms -> PayoutTerms
insert into payout_terms (version, method_kind, fee_fixed_minor, fee_fixed_currency, fee_bps, diamonds_min, diamonds_per_day_max,
    effective_at, recorded_at, recorded_by, note)
select max(version) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 from payout_terms
returning version, method_kind, fee_fixed_minor, fee_fixed_currency, fee_bps, diamonds_min, diamonds_per_day_max, effective_at, note;

-- name: add_method -> PayoutMethod
insert into payout_method (shard, id, creator_id, provider, kind, holder_name, country, currency, iban, bank_code,
    account_number, created_at)
values (shard_of($1), $2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (shard, id) do nothing
returning id, creator_id, provider, kind, holder_name, country, currency, iban, bank_code, account_number, created_at, archived_at;

-- name: method -> PayoutMethod
select id, creator_id, provider, kind, holder_name, country, currency, iban, bank_code, account_number, created_at, archived_at
from payout_method where shard = shard_of($1) and id = $2;

-- name: methods -> PayoutMethod
select id, creator_id, provider, kind, holder_name, country, currency, iban, bank_code, account_number, created_at, archived_at
from payout_method where shard = shard_of($1) and creator_id = $1 and archived_at is null
order by created_at desc, id desc limit $2;

-- name: count_methods
select count(*) from payout_method where shard = shard_of($1) and creator_id = $1 and archived_at is null;

-- name: archive_method -> PayoutMethod
update payout_method set archived_at = coalesce(archived_at, $3)
where shard = shard_of($1) and id = $2 and creator_id = $1
returning id, creator_id, provider, kind, holder_name, country, currency, iban, bank_code, account_number, created_at, archived_at;

-- name: add_quote -> PayoutQuote
insert into payout_quote (shard, id, creator_id, method_id, diamonds, rate_version, terms_version, currency,
    gross_minor, fee_minor, net_minor, quoted_at, expires_at)
values (shard_of($1), $2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict (shard, id) do nothing
returning id, creator_id, method_id, diamonds, rate_version, terms_version, currency, gross_minor, fee_minor, net_minor,
    quoted_at, expires_at;

-- name: quote -> PayoutQuote
select id, creator_id, method_id, diamonds, rate_version, terms_version, currency, gross_minor, fee_minor, net_minor,
    quoted_at, expires_at
from payout_quote where shard = shard_of($1) and id = $2;

-- name: quote_is_used
select exists (select from payout where shard = shard_of($1) and quote_id = $2);

-- name: diamonds_since
-- What a creator had set aside for payouts since a moment, without what came back before it was paid.
select coalesce(sum(diamonds), 0)::bigint from payout
where shard = shard_of($1) and creator_id = $1 and requested_at >= $2 and state not in ('refused', 'cancelled', 'failed');

-- name: add_payout
with added as (
    insert into payout (shard, id, creator_id, quote_id, method_id, provider, diamonds, currency, gross_minor, fee_minor,
        net_minor, state, requested_at, changed_at)
    select q.shard, $2, q.creator_id, q.id, q.method_id, m.provider, q.diamonds, q.currency, q.gross_minor, q.fee_minor,
        q.net_minor, 'requested', $4, $4
    from payout_quote q join payout_method m on m.shard = q.shard and m.id = q.method_id
    where q.shard = shard_of($1) and q.id = $3
    on conflict (shard, id) do nothing
    returning *
), told as (
    insert into payout_event (shard, payout_id, to_state, at, actor, actor_id)
    select shard, id, state, $4, 'creator', creator_id from added
)
select id from added;

-- name: move_payout
-- The change of state and its event are one statement: there is not one without the other.
with moved as (
    update payout set previous_state = state, state = $4, changed_at = $5, reason = coalesce($8, reason),
        provider_reference = coalesce($9, provider_reference), poll_at = $10, polls = 0, poll_error = null
    where shard = shard_of($1) and id = $2 and state = $3
    returning *
), told as (
    insert into payout_event (shard, payout_id, from_state, to_state, at, actor, actor_id, reason)
    select shard, id, previous_state, state, $5, $6, $7, $8 from moved
)
select id from moved;

-- name: note_attention
update payout set attention = $3 where shard = shard_of($1) and id = $2;

-- name: payout -> Payout
select id, creator_id, quote_id, method_id, holder_name, country, account_ending, provider, diamonds, currency, gross_minor,
    fee_minor, net_minor, state, reason, requested_at, changed_at, provider_reference, attention, send_attempts, send_error
from payout_shown
where id = $1;

-- name: payouts -> Payout
select id, creator_id, quote_id, method_id, holder_name, country, account_ending, provider, diamonds, currency, gross_minor,
    fee_minor, net_minor, state, reason, requested_at, changed_at, provider_reference, attention, send_attempts, send_error
from payout_shown
where (requested_at, id) < ($1, $2)
    and ($4::bigint is null or (shard = shard_of($4) and creator_id = $4))
    and ($5::text is null or state = $5)
    and ($6::text is null or currency = $6)
    and ($7::boolean is null or (attention is not null) = $7)
order by requested_at desc, id desc limit $3;

-- name: events -> PayoutEvent
select to_state, at, actor, actor_id, reason
from payout_event where shard = shard_of($1) and payout_id = $2
order by at, array_position(array['requested', 'approved', 'sent', 'paid'], to_state) nulls last;

-- name: post
select post(shard_of($1), $2, $3, $4, $5, $6, $7, $8);

-- name: add_send
insert into payout_send (shard, payout_id, due_at) values (shard_of($1), $2, $3);

-- name: remove_send
delete from payout_send where shard = shard_of($1) and payout_id = $2;

-- name: claim_sends -> Send
-- due_at moves behind the lease: nobody else sends meanwhile, and after a crash somebody does.
with due as (
    select shard, payout_id from payout_send where due_at <= $1
    order by due_at limit $3 for no key update skip locked
), claimed as (
    update payout_send s set due_at = $2, attempts = attempts + 1 from due d
    where s.shard = d.shard and s.payout_id = d.payout_id
    returning s.shard, s.payout_id, s.attempts
)
select p.id as payout_id, p.creator_id, c.attempts, p.provider, p.currency, p.net_minor, m.holder_name, m.country, m.iban,
    m.bank_code, m.account_number
from claimed c
join payout p on p.shard = c.shard and p.id = c.payout_id
join payout_method m on m.shard = p.shard and m.id = p.method_id;

-- name: postpone_send
update payout_send set due_at = $3, last_error = $4 where shard = shard_of($1) and payout_id = $2;

-- name: claim_polls -> Poll
with due as (
    select shard, id from payout where poll_at <= $1
    order by poll_at limit $3 for no key update skip locked
)
update payout p set poll_at = $2, polls = polls + 1 from due d
where p.shard = d.shard and p.id = d.id
returning p.id as payout_id, p.creator_id, p.provider, p.state, p.polls, p.changed_at;

-- name: postpone_poll
update payout set poll_at = $4, poll_error = $5 where shard = shard_of($1) and id = $2 and state = $3;

-- name: keep_event
insert into payout_provider_event (provider, event_id, received_at, body, due_at)
values ($1, $2, $3, $4, $3)
on conflict (provider, event_id) do nothing;

-- name: lock_event
select body from payout_provider_event
where provider = $1 and event_id = $2 and applied_at is null for no key update;

-- name: event_applied
update payout_provider_event set outcome = $3, applied_at = $4, due_at = null
where provider = $1 and event_id = $2;

-- name: claim_events -> WaitingEvent
with due as (
    select provider, event_id from payout_provider_event where due_at <= $1
    order by due_at limit $3 for no key update skip locked
)
update payout_provider_event e set due_at = $2, attempts = attempts + 1 from due d
where e.provider = d.provider and e.event_id = d.event_id
returning e.provider, e.event_id, e.attempts;

-- name: postpone_event
update payout_provider_event set due_at = $3, last_error = $4
where provider = $1 and event_id = $2 and applied_at is null;

-- Work that failed

-- name: stuck_work -> StuckWork
select id, queue, creator_id, reversal_id, direction, conversion_id, payout_id, provider, event_id, waiting_since, tries,
    error, due_at
from stuck_work
where ($1::text is null or queue = $1) and ($2::uuid is null or id = $2) and (waiting_since, id) < ($3, $4)
order by waiting_since desc, id desc limit $5;

-- name: retry_send
update payout_send s set due_at = $2 from stuck_work w
where w.queue = 'send' and w.id = $1 and (s.shard, s.payout_id) = (w.shard, w.payout_id);

-- name: retry_poll
update payout p set poll_at = $2 from stuck_work w
where w.queue = 'poll' and w.id = $1 and (p.shard, p.id) = (w.shard, w.payout_id);

-- name: retry_event
update payout_provider_event e set due_at = $2 from stuck_work w
where w.queue = 'event' and w.id = $1 and (e.provider, e.event_id) = (w.provider, w.event_id);
