-- Runs

-- name: write_run
insert into reconciliation_run (run_id, provider, day, requested_at, requested_by, daily, due_at)
values ($1, $2, $3, $4, $5, $6, $4)
on conflict do nothing

-- name: write_daily_runs
-- The days up to $2 that were not compared yet by themselves, those of the last $4 days; of a new provider only $2.
insert into reconciliation_run (run_id, provider, day, requested_at, daily, due_at)
select gen_random_uuid(), $1, day, $3, true, $3
from generate_series(
    greatest(coalesce((select max(day) + 1 from reconciliation_run where provider = $1 and daily), $2), $2 - $4::integer),
    $2::date, interval '1 day') day
on conflict do nothing

-- columns: run
r.run_id, r.provider, r.day, r.state, r.requested_at, r.requested_by, r.daily, r.due_at, r.tries, r.ended_at, r.error,
r.listed, r.compared, r.healed, r.differing, r.vanished, r.leased_until, r.failed_with

-- name: claim_runs -> Run
-- Runs it is time for, or one of them.
update reconciliation_run r set state = 'running', tries = tries + 1, due_at = $2, leased_until = $2
from (
    select run_id from reconciliation_run where due_at <= $1 and ($4::uuid is null or run_id = $4)
    order by due_at limit $3 for update skip locked
) due
where r.run_id = due.run_id
returning {run}

-- name: postpone_run
update reconciliation_run set state = 'queued', due_at = $3, failed_with = $4, error = $5, leased_until = null
where tries = $1 and leased_until = $2 and run_id = $6
returning true

-- name: give_up_run
-- After it was postponed.
update reconciliation_run set state = 'failed', due_at = null, ended_at = $2 where run_id = $1

-- name: run_complete
update reconciliation_run
set state = 'complete', due_at = null, leased_until = null, ended_at = $4, failed_with = null, error = null, listed = $5,
    compared = $6, healed = $7, differing = $8, vanished = $9
where tries = $1 and leased_until = $2 and run_id = $3
returning true

-- name: waiting_runs
select requested_at as since, due_at, tries, leased_until, failed_with from reconciliation_run where due_at is not null

-- name: forget_sums
delete from reconciliation_sum where run_id = $1

-- name: write_sum
insert into reconciliation_sum (run_id, side, what, currency, count, minor, fee_minor)
values ($1, $2, $3, $4, $5, $6, $7)

-- name: list_runs -> RunWithSums
select {run}, coalesce((
    select jsonb_agg(jsonb_build_object('side', s.side, 'what', s.what, 'currency', s.currency, 'count', s.count,
        'minor', s.minor, 'fee_minor', s.fee_minor) order by s.what desc, s.currency, s.side)
    from reconciliation_sum s where s.run_id = r.run_id), '[]') as sums
from reconciliation_run r
where ($1::text is null or provider = $1) and ($2::uuid is null or run_id = $2)
    and (requested_at, run_id) < ($3, $4)
order by requested_at desc, run_id desc limit $5

-- What is here

-- name: paid_here -> PaidHere
-- Orders paid at a provider in a time, as the provider says when, page after page.
select o.shard, o.order_id, o.payment_id, o.price_minor as minor, o.currency,
    coalesce((select sum(case t.reason when 'sale_fee_less' then -t.amount else t.amount end) from transfer t
        where t.shard = o.shard and t.reference = o.order_id and t.reason in ('sale_fee', 'sale_fee_more', 'sale_fee_less')), 0
    )::bigint as fee_minor,
    r.paid_at as at, coalesce(b.reversed_minor, 0) as reversed_minor
from receipt r join order_with_quote o using (shard, order_id) left join order_reversed b using (shard, order_id)
where o.provider = $1 and r.paid_at >= $2 and r.paid_at < $3 and o.payment_id is not null
    and (r.paid_at, o.order_id) > ($4, $5)
order by r.paid_at, o.order_id limit $6

-- name: paid_order -> PaidHere
select o.shard, o.order_id, o.payment_id, o.price_minor as minor, o.currency,
    coalesce((select sum(case t.reason when 'sale_fee_less' then -t.amount else t.amount end) from transfer t
        where t.shard = o.shard and t.reference = o.order_id and t.reason in ('sale_fee', 'sale_fee_more', 'sale_fee_less')), 0
    )::bigint as fee_minor,
    r.paid_at as at, coalesce(b.reversed_minor, 0) as reversed_minor
from receipt r join order_with_quote o using (shard, order_id) left join order_reversed b using (shard, order_id)
where o.shard = $1 and o.order_id = $2 and o.payment_id is not null

-- name: reversals_here -> ReversalHere
-- Money going back that began in a time and that the provider knows of; its steps as one.
select distinct on (v.provider_reversal_id) v.shard, v.order_id, o.payment_id, v.provider_reversal_id, v.kind, v.state,
    v.claimed_minor, v.currency, v.dispute_fee_minor as fee_minor, v.created_at as at
from reversal v join recharge_order o using (shard, order_id)
where v.provider = $1 and v.created_at >= $2 and v.created_at < $3 and v.provider_reversal_id > $4
    and o.payment_id is not null
order by v.provider_reversal_id, v.step desc limit $5

-- name: reversals_open -> ReversalHere
-- Money going back that began in a time and of whose end nothing is known; its steps as one.
select distinct on (v.provider_reversal_id) v.shard, v.order_id, o.payment_id, v.provider_reversal_id, v.kind, v.state,
    v.claimed_minor, v.currency, v.dispute_fee_minor as fee_minor, v.created_at as at
from reversal v join recharge_order o using (shard, order_id)
where v.provider = $1 and v.created_at >= $2 and v.created_at < $3 and v.state in ('sent', 'opened')
    and v.provider_reversal_id is not null and o.payment_id is not null
order by v.provider_reversal_id, v.step desc limit $4

-- name: reversal_here -> ReversalHere
select v.shard, v.order_id, o.payment_id, v.provider_reversal_id, v.kind, v.state, v.claimed_minor, v.currency,
    v.dispute_fee_minor as fee_minor, v.created_at as at
from reversal v join recharge_order o using (shard, order_id)
where v.shard = $1 and v.order_id = $2 and v.provider_reversal_id = $3 and o.payment_id is not null
order by v.step desc limit 1

-- Differences

-- name: write_difference
-- Once for each thing and day. What somebody has closed stays closed.
insert into reconciliation_difference as d (difference_id, provider, day, kind, payment_id, provider_reversal_id, shard,
    order_id, ours_minor, ours_currency, ours_state, theirs_minor, theirs_currency, theirs_state, detail, state,
    first_run, last_run, noticed_at, changed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17, $18, $18)
on conflict (provider, day, kind, payment_id, provider_reversal_id) do update set
    ours_minor = excluded.ours_minor, ours_currency = excluded.ours_currency, ours_state = excluded.ours_state,
    theirs_minor = excluded.theirs_minor, theirs_currency = excluded.theirs_currency,
    theirs_state = excluded.theirs_state, detail = excluded.detail, last_run = excluded.last_run,
    changed_at = excluded.changed_at,
    state = case when d.state = 'closed' then d.state else excluded.state end,
    previous_state = case when d.state in ('closed', excluded.state) then d.previous_state else d.state end

-- name: vanish_differences
update reconciliation_difference set state = 'vanished', previous_state = state, changed_at = $4
where provider = $1 and day = $2 and state = 'open' and last_run <> $3

-- name: list_differences -> Difference
select difference_id, provider, day, kind, payment_id, provider_reversal_id, shard, order_id, ours_minor, ours_currency,
    ours_state, theirs_minor, theirs_currency, theirs_state, detail, state, first_run, last_run, noticed_at, changed_at,
    resolution, closed_by
from reconciliation_difference
where ($1::text is null or provider = $1) and ($2::text is null or state = $2) and ($3::date is null or day = $3)
    and (noticed_at, difference_id) < ($4, $5)
order by noticed_at desc, difference_id desc limit $6

-- name: count_unsettled -> Unsettled
-- Differences that are open, and days that could not be compared.
select (select count(*) from reconciliation_difference where state = 'open') as differences,
    (select count(*) from reconciliation_run where state = 'failed') as failed_runs

-- name: find_difference -> Difference
select difference_id, provider, day, kind, payment_id, provider_reversal_id, shard, order_id, ours_minor, ours_currency,
    ours_state, theirs_minor, theirs_currency, theirs_state, detail, state, first_run, last_run, noticed_at, changed_at,
    resolution, closed_by
from reconciliation_difference where difference_id = $1

-- name: close_difference
update reconciliation_difference
set state = 'closed', previous_state = state, changed_at = $2, closed_by = $3, resolution = $4
where difference_id = $1 and state in ('open', 'vanished')
returning difference_id
