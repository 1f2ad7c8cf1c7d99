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

-- name: rates -> PayoutRate
select version, currency, numerator, denominator, source, source_note, effective_at
from payout_rate where version < $1
order by version desc limit $2;

-- name: add_rate -> PayoutRate
insert into payout_rate (version, currency, numerator, denominator, source, source_note, effective_at, recorded_at, recorded_by,
    decision_id)
select max(version) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9 from payout_rate
returning version, currency, numerator, denominator, source, source_note, effective_at;

-- name: decided_rate -> PayoutRate
select version, currency, numerator, denominator, source, source_note, effective_at
from payout_rate where decision_id = $1;

-- name: rate_is_within
select payout_rate_is_within($1, $2, $3, $4);

-- name: lock_rates
-- One at a time records rates, so that two processes do not record the same ones.
select pg_advisory_xact_lock(hashtext('plaudit.payout_rate'));

-- name: terms_at -> PayoutTerms
select version, method_kind, fee_fixed_minor, fee_fixed_currency, fee_bps, diamonds_min, diamonds_per_day_max, effective_at, note
from payout_terms where method_kind in ($1, 'bank_account') and effective_at <= $2
order by method_kind <> $1, effective_at desc, version desc limit 1;

-- name: terms -> PayoutTerms
select version, method_kind, fee_fixed_minor, fee_fixed_currency, fee_bps, diamonds_min, diamonds_per_day_max, effective_at, note
from payout_terms where version = $1;

-- name: all_terms -> PayoutTerms
select version, method_kind, fee_fixed_minor, fee_fixed_currency, fee_bps, diamonds_min, diamonds_per_day_max, effective_at, note
from payout_terms where version < $1
order by version desc limit $2;

-- name: add_terms -> PayoutTerms
insert into payout_terms (version, method_kind, fee_fixed_minor, fee_fixed_currency, fee_bps, diamonds_min, diamonds_per_day_max,
    effective_at, recorded_at, recorded_by, note, decision_id)
select max(version) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 from payout_terms
returning version, method_kind, fee_fixed_minor, fee_fixed_currency, fee_bps, diamonds_min, diamonds_per_day_max, effective_at, note;

-- name: decided_terms -> PayoutTerms
select version, method_kind, fee_fixed_minor, fee_fixed_currency, fee_bps, diamonds_min, diamonds_per_day_max, effective_at, note
from payout_terms where decision_id = $1;

-- name: terms_exceed
select payout_terms_exceed($1, $2, $3, $4, $5);

-- name: add_method -> PayoutMethod
insert into payout_method (shard, id, creator_id, provider, kind, holder_name, country, currency, account_ending,
    sealed_account, created_at, payable_from, account_fingerprint)
values (shard_of($1), $2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict (shard, id) do nothing
returning id, creator_id, provider, kind, holder_name, country, currency, account_ending, account_key, sealed_account,
    created_at, archived_at, payable_from, key_id is not null as by_platform;

-- name: method -> PayoutMethod
select id, creator_id, provider, kind, holder_name, country, currency, account_ending, account_key, sealed_account,
    created_at, archived_at, payable_from, key_id is not null as by_platform
from payout_method where shard = shard_of($1) and id = $2;

-- name: methods -> PayoutMethod
select id, creator_id, provider, kind, holder_name, country, currency, account_ending, account_key, sealed_account,
    created_at, archived_at, payable_from, key_id is not null as by_platform
from payout_method where shard = shard_of($1) and creator_id = $1 and archived_at is null
order by created_at desc, id desc limit $2;

-- name: count_methods
select count(*) from payout_method where shard = shard_of($1) and creator_id = $1 and archived_at is null;

-- name: archive_method -> PayoutMethod
update payout_method set archived_at = $3, archived_key_id = acting_key()
where shard = shard_of($1) and id = $2 and creator_id = $1
returning id, creator_id, provider, kind, holder_name, country, currency, account_ending, account_key, sealed_account,
    created_at, archived_at, payable_from, key_id is not null as by_platform;

-- name: unknown_account_key
-- The name of a key accounts are sealed with that is none of these; null: there is none.
select account_key from payout_method where account_key <> all ($1::text[]) limit 1;

-- name: methods_to_seal -> MethodToSeal
-- Those that earlier versions kept in clear, or sealed without the vault.
select id, creator_id, country, iban, bank_code, account_number, account_key, sealed_account
from payout_method where sealed_account is null or account_key is not null
limit $1 for no key update skip locked;

-- name: seal_method
update payout_method set account_ending = $3, account_key = null, sealed_account = $4, iban = null, bank_code = null,
    account_number = null
where shard = shard_of($1) and id = $2;

-- name: add_quote -> PayoutQuote
with added as (
    insert into payout_quote (shard, id, creator_id, method_id, diamonds, rate_version, terms_version, currency,
        gross_minor, fee_minor, net_minor, quoted_at, expires_at)
    values (shard_of($1), $2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    on conflict (shard, id) do nothing
    returning shard, id, creator_id, method_id, diamonds, rate_version, terms_version, currency, gross_minor, fee_minor,
        net_minor, quoted_at, expires_at
)
select q.id, q.creator_id, q.method_id, q.diamonds, q.rate_version, q.terms_version, q.currency, q.gross_minor, q.fee_minor,
    q.net_minor, q.quoted_at, q.expires_at, a.arrives_from, a.arrives_to
from added q join payout_method m on m.shard = q.shard and m.id = q.method_id
cross join lateral payout_arrival(m.kind, q.quoted_at) a;

-- name: quote -> PayoutQuote
select q.id, q.creator_id, q.method_id, q.diamonds, q.rate_version, q.terms_version, q.currency, q.gross_minor, q.fee_minor,
    q.net_minor, q.quoted_at, q.expires_at, a.arrives_from, a.arrives_to
from payout_quote q join payout_method m on m.shard = q.shard and m.id = q.method_id
cross join lateral payout_arrival(m.kind, q.quoted_at) a
where q.shard = shard_of($1) and q.id = $2;

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
    returning shard, id, creator_id, state
), told as (
    insert into payout_event (shard, payout_id, to_state, at, actor, actor_id)
    select shard, id, state, $4, 'creator', creator_id from added
)
select id from added;

-- name: move_payout
-- The change of state and its event are one statement: there is not one without the other.
with moved as (
    update payout set previous_state = state, state = $4, changed_at = $5, reason = coalesce($8, reason),
        provider_reference = coalesce($9, provider_reference), poll_at = $10, polls = 0, poll_error = null,
        poll_failed_with = null, poll_leased_until = null
    where shard = shard_of($1) and id = $2 and state = $3
    returning shard, id, previous_state, state
), told as (
    insert into payout_event (shard, payout_id, from_state, to_state, at, actor, actor_id, reason, decision_id)
    select shard, id, previous_state, state, $5, $6, $7, $8, $11 from moved
)
select id from moved;

-- name: decided_payout
select payout_id from payout_event where decision_id = $1;

-- name: needs_two
select payout_needs_two(shard_of($1), $2, $3, $4);

-- name: controls -> PayoutControl
select p.id as payout_id, c.control, c.figure, c.most, c.since, c.stops, c.passed
from payout p cross join lateral payout_controls(p.shard, p.id, $2) c
where p.id = any ($1::uuid[]) and p.state in ('requested', 'approved')
order by p.id, c.control;

-- name: let_pass
insert into payout_pass (shard, payout_id, control, figure, reason, passed_by, passed_at)
values (shard_of($1), $2, $3, $4, $5, $6, $7)
on conflict do nothing;

-- name: methods_without_fingerprint -> MethodToSeal
select id, creator_id, country, iban, bank_code, account_number, account_key, sealed_account
from payout_method where account_fingerprint is null and sealed_account <> '' and id > $2 order by id limit $1 for no key update skip locked;

-- name: keep_fingerprint
update payout_method set account_fingerprint = $3 where shard = shard_of($1) and id = $2;

-- name: vouched_name
select sealed_name from vouched_name where shard = shard_of($1) and creator_id = $1;

-- name: keep_vouched_name
insert into vouched_name (shard, creator_id, sealed_name, vouched_at) values (shard_of($1), $1, $2, $3)
on conflict (shard, creator_id) do update
set sealed_name = excluded.sealed_name, vouched_at = excluded.vouched_at, key_id = acting_key();

-- name: held_methods -> HeldMethod
select id, holder_name, name_match from payout_method where shard = shard_of($1) and creator_id = $1;

-- name: keep_name_match
update payout_method set name_match = $3, name_compared_at = $4 where shard = shard_of($1) and id = $2;

-- name: lock_screenings
select pg_advisory_xact_lock(hashtext('plaudit.screening'));

-- name: keep_screening_rule
-- Nothing where it holds already.
insert into screening_rule (provider, age_max_s, identity, set_at)
select $1::text, $2::integer, $3::boolean, $4
where not exists (
        select from (select provider, age_max_s, identity from screening_rule order by id desc limit 1) r
        where (r.provider, r.age_max_s, r.identity) is not distinct from ($1::text, $2::integer, $3::boolean))
    and ($1::text is not null or exists (select from screening_rule));

-- name: queue_screenings
-- Accounts that something waits to be paid to, and of which no word holds.
insert into screening (id, shard, creator_id, method_id, provider, asked_at, due_at)
select gen_random_uuid(), w.shard, w.creator_id, w.method_id, r.provider, $1, $1
from (select distinct shard, creator_id, method_id from payout where state in ('requested', 'approved')) w,
    (select provider, age_max_s from screening_rule order by id desc limit 1) r
where r.provider is not null and not exists (
    select from screening s where s.shard = w.shard and s.method_id = w.method_id and s.provider = r.provider
        and s.asked_at > $1::timestamptz - make_interval(secs => r.age_max_s))
limit $2
returning id;

-- name: claim_screenings -> Screening
with due as (
    select id from screening where due_at <= $1 and provider = any ($4::text[])
    order by due_at limit $3 for no key update skip locked
)
update screening s set due_at = $2, leased_until = $2, tries = tries + 1
from due d, payout_method m
where s.id = d.id and m.shard = s.shard and m.id = s.method_id
returning s.id, s.creator_id, s.provider, s.tries, s.leased_until, s.outcome, m.holder_name, m.country;

-- name: postpone_screening
update screening set due_at = $3, failed_with = $4, last_error = $5, leased_until = null
where tries = $1 and leased_until = $2 and id = $6
returning true;

-- name: waiting_screenings
select asked_at as since, due_at, tries, leased_until, failed_with from screening where due_at is not null;

-- name: keep_word
-- A word that is another is one of its own. Where something waits it is asked again by itself, in case a webhook is lost.
with kept as (
    update screening s set outcome = $4, identity = $5, reference = $6,
        answered_at = case when (s.outcome, s.identity) is distinct from ($4, $5)
            then greatest($7, s.answered_at + interval '1 microsecond') else s.answered_at end,
        due_at = case when $4 = 'pending' then $8 when exists (
            select from payout p where p.shard = s.shard and p.method_id = s.method_id and p.state in ('requested', 'approved'))
            then $9::timestamptz end,
        leased_until = null, tries = 0, failed_with = null, last_error = null
    where tries = $1 and leased_until is not distinct from $2 and id = $3
    returning id, answered_at
), word as (
    insert into screening_word (screening_id, said_at, outcome, identity)
    select id, answered_at, $4, $5 from kept on conflict do nothing
)
select id from kept;

-- name: hurry_screening
update screening set due_at = $3 where id = $1 and provider = $2 and leased_until is null;

-- name: matched_screening -> MatchedScreening
select s.id, s.creator_id, s.method_id, s.answered_at as said_at, s.outcome, d.verdict
from payout p
join lateral (
    select id, creator_id, method_id, answered_at, outcome from screening
    where shard = p.shard and method_id = p.method_id order by asked_at desc, id desc limit 1) s on true
left join screening_decision d on d.screening_id = s.id and d.said_at = s.answered_at
where p.shard = shard_of($1) and p.id = $2;

-- name: screening_needs_two
select screening_needs_two($1);

-- name: keep_verdict
insert into screening_decision (screening_id, said_at, verdict, reason, decided_by, decided_at, decision_id)
values ($1, $2, $3, $4, $5, $6, $7);

-- name: decided_verdict -> KeptVerdict
select screening_id, said_at, verdict, reason, decided_by, decided_at from screening_decision where decision_id = $1;

-- name: verdict -> KeptVerdict
select screening_id, said_at, verdict, reason, decided_by, decided_at from screening_decision
where screening_id = $1 and said_at = $2;

-- name: note_attention
update payout set attention = $3 where shard = shard_of($1) and id = $2;

-- name: keep_provider_wait
-- What its provider says of a payout on its way; nothing where it has moved on, or says what it said.
update payout set provider_wait = $3, provider_wait_until = $4, provider_arrives_on = $5
where shard = shard_of($1) and id = $2 and state = 'sent'
    and (provider_wait, provider_wait_until, provider_arrives_on) is distinct from ($3, $4::timestamptz, $5::date);

-- name: add_connection -> AccountConnection
insert into payout_connection (shard, method_id, creator_id, changed_at) values (shard_of($1), $2, $1, $3)
returning method_id, creator_id, account, state, needs, needs_by, changed_at;

-- name: connection -> AccountConnection
select method_id, creator_id, account, state, needs, needs_by, changed_at
from payout_connection where shard = shard_of($1) and method_id = $2;

-- name: connections -> AccountConnection
select method_id, creator_id, account, state, needs, needs_by, changed_at
from payout_connection where shard = shard_of($1) and creator_id = $1;

-- name: connection_of_account -> AccountConnection
select method_id, creator_id, account, state, needs, needs_by, changed_at from payout_connection where account = $1;

-- name: keep_connection -> AccountConnection
-- An account that was made stays the one; what a provider says is kept where it is another word.
update payout_connection set account = coalesce(account, $3), state = $4, needs = $5, needs_by = $6,
    changed_at = case when (state, needs, needs_by) is distinct from ($4, $5::text[], $6::timestamptz) then $7 else changed_at end
where shard = shard_of($1) and method_id = $2 and (account is null or account = $3)
returning method_id, creator_id, account, state, needs, needs_by, changed_at;

-- name: payout -> Payout
select id, creator_id, quote_id, method_id, holder_name, country, account_ending, provider, diamonds, currency, gross_minor,
    fee_minor, net_minor, state, reason, requested_at, changed_at, provider_reference, attention, send_attempts, send_error,
    send_called, export_number, method_kind, waits_for, waits_until
from payout_shown cross join lateral payout_waits(state, method_kind, requested_at, changed_at, provider_wait,
    provider_wait_until, provider_arrives_on)
where id = $1;

-- name: payouts -> Payout
select id, creator_id, quote_id, method_id, holder_name, country, account_ending, provider, diamonds, currency, gross_minor,
    fee_minor, net_minor, state, reason, requested_at, changed_at, provider_reference, attention, send_attempts, send_error,
    send_called, export_number, method_kind, waits_for, waits_until
from payout_shown cross join lateral payout_waits(state, method_kind, requested_at, changed_at, provider_wait,
    provider_wait_until, provider_arrives_on)
where (requested_at, id) < ($1, $2)
    and ($4::bigint is null or (shard = shard_of($4) and creator_id = $4))
    and ($5::text is null or state = $5)
    and ($6::text is null or currency = $6)
    and ($7::boolean is null or (attention is not null) = $7)
    and ($8::text is null or provider = $8)
    and ($9::timestamptz is null or waits_until < $9)
    and ($10::text is null or waits_for = $10)
order by requested_at desc, id desc limit $3;

-- name: events -> PayoutEvent
-- Every change of state of payouts of one creator.
select payout_id, to_state, at, actor, actor_id, reason, key_id is not null as by_platform
from payout_event where shard = shard_of($1) and payout_id = any ($2::uuid[])
order by at, array_position(array['requested', 'approved', 'sent', 'paid'], to_state) nulls last;

-- name: post
select post(shard_of($1), $2, $3, $4, $5, $6, $7, $8);

-- name: add_send
insert into payout_send (shard, payout_id, due_at) values (shard_of($1), $2, $3);

-- name: choose_provider
-- Of a payout no provider was told of.
update payout set provider = $3 where shard = shard_of($1) and id = $2 and state in ('requested', 'approved');

-- name: withdraw_send
-- Of a payout no provider was told of; whoever claims it at this moment is waited for.
delete from payout_send where shard = shard_of($1) and payout_id = $2 and not called returning true;

-- name: remove_send
delete from payout_send where shard = shard_of($1) and payout_id = $2;

-- name: claim_sends -> Send
-- Those of providers that are here ($4) count as told from now on. What stands still waits.
with due as (
    select s.shard, s.payout_id from payout_send s join payout p on p.shard = s.shard and p.id = s.payout_id
    where s.due_at <= $1 and not payouts_wait()
        and (s.called or not exists (select from payout_screening(p.shard, p.method_id, $1)))
        and (s.called or payout_connection_waits(p.shard, p.method_id) is null)
        and not is_frozen($1, p.creator_id, '{person,creator}', p.method_id, p.id)
        and not step_holds(p.creator_id, 'hold_payout', $1)
    order by s.due_at limit $3 for no key update of s skip locked
), claimed as (
    update payout_send s
    set due_at = $2, leased_until = $2, attempts = attempts + 1, called = called or p.provider = any ($4::text[]),
        called_at = case when called or p.provider = any ($4::text[]) then coalesce(called_at, case when called then p.changed_at else $1 end) end
    from due d join payout p on p.shard = d.shard and p.id = d.payout_id
    where s.shard = d.shard and s.payout_id = d.payout_id
    returning s.shard, s.payout_id, s.attempts, s.leased_until, s.called_at
)
select p.id as payout_id, p.creator_id, c.attempts as tries, c.leased_until, c.called_at, p.provider, p.currency, p.net_minor,
    p.method_id, m.kind, m.holder_name, m.country, m.account_key, m.sealed_account, n.account
from claimed c
join payout p on p.shard = c.shard and p.id = c.payout_id
join payout_method m on m.shard = p.shard and m.id = p.method_id
left join payout_connection n on n.shard = m.shard and n.method_id = m.id;

-- name: postpone_send
update payout_send set due_at = $3, failed_with = $4, last_error = $5, leased_until = null
where attempts = $1 and leased_until = $2 and shard = shard_of($6) and payout_id = $7
returning true;

-- name: hold_send
-- Whether nobody else sends it, from now to the end of the transaction. News may have moved it on meanwhile.
select nullif(coalesce((
    select attempts = $1 and leased_until is not distinct from $2 from payout_send
    where shard = shard_of($3) and payout_id = $4 for no key update), true), false);

-- name: waiting_sends
select p.changed_at as since, s.due_at, s.attempts as tries, s.leased_until, s.failed_with
from payout_send s join payout p on p.shard = s.shard and p.id = s.payout_id;

-- name: claim_polls -> Poll
with due as (
    select shard, id from payout where poll_at <= $1
    order by poll_at limit $3 for no key update skip locked
)
update payout p set poll_at = $2, poll_leased_until = $2, polls = polls + 1 from due d
where p.shard = d.shard and p.id = d.id
returning p.id as payout_id, p.creator_id, p.provider, p.provider_reference, p.state, p.polls as tries,
    p.poll_leased_until as leased_until, p.changed_at;

-- name: postpone_poll
-- Nothing when it has moved on: its new state has its own time.
update payout set poll_at = $3, poll_failed_with = $4, poll_error = $5, poll_leased_until = null
where polls = $1 and poll_leased_until = $2 and shard = shard_of($6) and id = $7 and state = $8
returning true;

-- name: end_poll
-- It need not be asked about any more.
update payout set poll_at = null, poll_leased_until = null, poll_failed_with = null, poll_error = null
where shard = shard_of($1) and id = $2 and state = $3;

-- name: waiting_polls
select changed_at as since, poll_at as due_at, polls as tries, poll_leased_until as leased_until,
    poll_failed_with as failed_with
from payout where poll_at is not null;

-- Payouts made by hand

-- name: lock_exports
-- One at a time exports, so that numbers have no gaps and what waits is seen whole.
select pg_advisory_xact_lock(hashtext('plaudit.payout_export'));

-- name: payouts_wait
select payouts_wait();

-- name: export_number
select number from payout_export where id = $1;

-- name: add_export
insert into payout_export (number, id, currency, exported_at, exported_by)
select coalesce(max(number), 0) + 1, $1, $2, $3, $4 from payout_export
returning number;

-- name: export_payouts
-- Whoever refuses one of these at this moment is waited for: what is exported is still approved. What stands still waits.
with due as (
    select shard, id from payout
    where state = 'approved' and provider = $2 and ($3::text is null or currency = $3)
        and not is_frozen($5, creator_id, '{person,creator}', method_id, id)
        and not step_holds(creator_id, 'hold_payout', $5)
        and not exists (select from payout_screening(shard, method_id, $5))
    order by requested_at, id limit $4 for no key update
), moved as (
    update payout p set previous_state = p.state, state = 'sent', changed_at = $5
    from due d where p.shard = d.shard and p.id = d.id and p.state = 'approved'
    returning p.shard, p.id
), told as (
    insert into payout_event (shard, payout_id, from_state, to_state, at, actor, actor_id)
    select shard, id, 'approved', 'sent', $5, 'operator', $6 from moved
), added as (
    insert into payout_export_item (shard, payout_id, export_number)
    select shard, id, $1 from moved
    returning payout_id
)
select count(*) from added;

-- name: export -> Export
select e.number, e.id, e.currency, e.exported_at, e.exported_by, count(*) as payouts,
    count(*) filter (where p.state = 'sent') as waiting
from payout_export e
join payout_export_item i on i.export_number = e.number
join payout p on p.shard = i.shard and p.id = i.payout_id
where e.number = $1
group by e.number;

-- name: exports -> Export
select e.number, e.id, e.currency, e.exported_at, e.exported_by, count(*) as payouts,
    count(*) filter (where p.state = 'sent') as waiting
from (select number, id, currency, exported_at, exported_by from payout_export where number < $1 order by number desc limit $2) e
join payout_export_item i on i.export_number = e.number
join payout p on p.shard = i.shard and p.id = i.payout_id
group by e.number, e.id, e.currency, e.exported_at, e.exported_by
order by e.number desc;

-- name: payouts_of_export -> Payout
select id, creator_id, quote_id, method_id, holder_name, country, account_ending, provider, diamonds, currency, gross_minor,
    fee_minor, net_minor, state, reason, requested_at, changed_at, provider_reference, attention, send_attempts, send_error,
    send_called, export_number, method_kind, waits_for, waits_until
from payout_shown cross join lateral payout_waits(state, method_kind, requested_at, changed_at, provider_wait,
    provider_wait_until, provider_arrives_on) where export_number = $1
order by requested_at, id limit $2;

-- name: payouts_by_ids -> Payout
select id, creator_id, quote_id, method_id, holder_name, country, account_ending, provider, diamonds, currency, gross_minor,
    fee_minor, net_minor, state, reason, requested_at, changed_at, provider_reference, attention, send_attempts, send_error,
    send_called, export_number, method_kind, waits_for, waits_until
from payout_shown cross join lateral payout_waits(state, method_kind, requested_at, changed_at, provider_wait,
    provider_wait_until, provider_arrives_on) where id = any ($1::uuid[]);

-- name: export_lines -> _Line
select p.id as payout_id, p.creator_id, p.method_id, m.holder_name, m.country, p.currency, p.net_minor, m.account_key,
    m.sealed_account
from payout_export_item i
join payout p on p.shard = i.shard and p.id = i.payout_id
join payout_method m on m.shard = p.shard and m.id = p.method_id
where i.export_number = $1
order by p.requested_at, p.id limit $2;

-- name: waiting_to_export -> Money
select coalesce(sum(net_minor), 0)::bigint as amount_minor, currency
from payout where state = 'approved' and provider = $1
group by currency order by currency;

-- name: add_download
insert into payout_export_download (export_number, downloaded_at, downloaded_by) values ($1, $2, $3);

-- name: downloads -> Download
select downloaded_at, downloaded_by from payout_export_download where export_number = $1
order by id desc limit $2;

-- name: lock_outcome_files
-- One file at a time: each holds many creators.
select pg_advisory_xact_lock(hashtext('plaudit.payout_outcome_file'));

-- name: was_approved_alone_by
select payout_was_approved_alone_by(shard_of($1), $2, $3);

-- name: add_bank_outcome
insert into payout_bank_outcome (shard, payout_id, outcome, reference, reason, recorded_at, recorded_by)
values (shard_of($1), $2, $3, $4, $5, $6, $7);

-- name: bank_outcome -> KnownOutcome
select payout_id, outcome, reference, reason, recorded_at, recorded_by
from payout_bank_outcome where shard = shard_of($1) and payout_id = $2 and outcome = $3;

-- name: bank_outcomes_of_export -> KnownOutcome
select o.payout_id, o.outcome, o.reference, o.reason, o.recorded_at, o.recorded_by
from payout_export_item i join payout_bank_outcome o on o.shard = i.shard and o.payout_id = i.payout_id
where i.export_number = $1
order by o.recorded_at, o.payout_id, o.outcome;

-- Work that failed

-- name: stuck_work -> StuckWork
select id, queue, creator_id, reversal_id, direction, conversion_id, payout_id, provider, event_id, waiting_since, tries,
    error, due_at
from stuck_work
where ($1::text is null or queue = $1) and ($2::uuid is null or id = $2) and (waiting_since, id) < ($3, $4)
order by waiting_since desc, id desc limit $5;

-- name: count_stuck_work
select count(*) from stuck_work;

-- name: retry_send
update payout_send s set due_at = $2 from stuck_work w
where w.queue = 'send' and w.id = $1 and (s.shard, s.payout_id) = (w.shard, w.payout_id);

-- name: retry_poll
update payout p set poll_at = $2 from stuck_work w
where w.queue = 'poll' and w.id = $1 and (p.shard, p.id) = (w.shard, w.payout_id);

-- name: message_of_stuck_work
select e.message_id from stuck_work w
join webhook_event e on e.side = 'payouts' and e.provider = w.provider and e.event_id = w.event_id
where w.queue = 'event' and w.id = $1;
