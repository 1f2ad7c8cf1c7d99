-- name: rule_at -> RewardRule
select version, numerator, denominator, maturity_s, coins_min, effective_at, note
from reward_rule where effective_at <= $1
order by effective_at desc, version desc limit 1;

-- name: rules -> RewardRule
select version, numerator, denominator, maturity_s, coins_min, effective_at, note
from reward_rule where version < $1
order by version desc limit $2;

-- name: lock_rules
-- One at a time numbers a rule.
select pg_advisory_xact_lock(hashtext('plaudit.reward_rule'));

-- name: add_rule -> RewardRule
insert into reward_rule (version, numerator, denominator, maturity_s, coins_min, effective_at, recorded_at, recorded_by, note,
    decision_id)
select max(version) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9 from reward_rule
returning version, numerator, denominator, maturity_s, coins_min, effective_at, note;

-- name: decided_rule -> RewardRule
select version, numerator, denominator, maturity_s, coins_min, effective_at, note
from reward_rule where decision_id = $1;

-- name: rule_exceeds
select reward_rule_exceeds($1, $2, $3, $4);

-- name: lock_creator -> CreatorSetting
-- Made when it is missing, and locked either way.
insert into creator_setting as s (shard, creator_id) values (shard_of($1), $1)
on conflict (shard, creator_id) do update set creator_id = s.creator_id
returning automatic_conversion;

-- name: setting -> CreatorSetting
select automatic_conversion from creator_setting where shard = shard_of($1) and creator_id = $1;

-- name: set_automatic_conversion -> CreatorSetting
update creator_setting set automatic_conversion = $2, key_id = acting_key() where shard = shard_of($1) and creator_id = $1
returning automatic_conversion;

-- name: balance -> Balance
select
    coalesce(max(g.received), 0) as received,
    coalesce(max(g.balance), 0) - promotional_received(max(one.shard), $1) as gift_balance,
    promotional_received(max(one.shard), $1) as promotional,
    coalesce((
        select sum(p.coins) from clawback_part p
        where p.shard = shard_of($1) and p.creator_id = $1 and p.returned_at is null
    ), 0)::bigint as taken_back,
    coalesce(max(a.balance) filter (where a.kind = 'diamonds_pending'), 0) as pending,
    coalesce(max(a.balance) filter (where a.kind = 'diamonds_available'), 0) as available,
    coalesce(max(a.balance) filter (where a.kind = 'diamonds_in_payout'), 0) as in_payout,
    coalesce(max(a.balance) filter (where a.kind = 'diamonds_redeemed'), 0) as redeemed
from (values (shard_of($1))) one (shard)
left join gift_balance g on g.shard = one.shard and g.creator_id = $1
left join account a on a.shard = one.shard and a.owner_id = $1 and a.asset = 'DIAMOND'
    and a.kind in ('diamonds_pending', 'diamonds_available', 'diamonds_in_payout', 'diamonds_redeemed');

-- name: frozen_earnings -> FrozenEarnings
select frozen_coins_of($1, $2) as coins, frozen_diamonds_of($1, $2) as diamonds;

-- name: maturing -> Maturing
select matures_at, sum(diamonds - diamonds_clawed)::bigint as diamonds
from conversion where shard = shard_of($1) and creator_id = $1 and matured_at is null
group by matures_at order by matures_at limit $2;

-- name: conversion -> Conversion
select id, creator_id, coins_requested, coins, diamonds, rule_version, converted_at, matures_at, matured_at
from conversion where shard = shard_of($1) and id = $2;

-- name: conversions -> Conversion
select id, creator_id, coins_requested, coins, diamonds, rule_version, converted_at, matures_at, matured_at
from conversion where shard = shard_of($1) and creator_id = $1 and (converted_at, id) < ($2, $3)
order by converted_at desc, id desc limit $4;

-- name: add_conversion -> Conversion
insert into conversion (shard, id, creator_id, coins_requested, coins, diamonds, rule_version, converted_at, matures_at)
values (shard_of($1), $2, $1, $3, $4, $5, $6, $7, $8)
on conflict (shard, id) do nothing
returning id, creator_id, coins_requested, coins, diamonds, rule_version, converted_at, matures_at, matured_at;

-- name: post_conversion
select post(shard_of($1), $2, 'conversion', $1, 0, 'COIN', $3, $5)
    and post(shard_of($1), $2, 'reward', 0, $1, 'DIAMOND', $4, $5);

-- name: mature
-- Conversions another process holds are skipped; the order keeps two processes from waiting for each other.
with due as (
    select shard, id from conversion
    where matured_at is null and matures_at <= $1 and (maturity_due_at is null or maturity_due_at <= $1)
        and not step_holds(creator_id, 'slow_maturity', $1) and not reward_stands_still(id, $1)
    order by matures_at limit $2 for no key update skip locked
), matured as (
    update conversion c set matured_at = $1, diamonds_matured = diamonds - diamonds_clawed
    from due d where c.shard = d.shard and c.id = d.id
    returning c.shard, c.id, c.creator_id, c.diamonds_matured as diamonds
)
select count(case when diamonds = 0 then true
    else post(shard, id, 'maturity', creator_id, creator_id, 'DIAMOND', diamonds, $1) end)
from (select shard, id, creator_id, diamonds from matured order by shard, creator_id, id) m;

-- name: claim_maturities -> DueMaturity
-- Conversions whose time has come, to be matured one by one.
update conversion c set maturity_tries = maturity_tries + 1, maturity_due_at = $2, maturity_leased_until = $2
from (
    select shard, id from conversion
    where matured_at is null and matures_at <= $1 and (maturity_due_at is null or maturity_due_at <= $1)
        and not step_holds(creator_id, 'slow_maturity', $1) and not reward_stands_still(id, $1)
    order by maturity_due_at nulls first, matures_at limit $3 for no key update skip locked
) due
where c.shard = due.shard and c.id = due.id
returning c.creator_id, c.id as conversion_id, c.maturity_tries as tries, c.maturity_leased_until as leased_until;

-- name: mature_one
with matured as (
    update conversion set matured_at = $5, diamonds_matured = diamonds - diamonds_clawed
    where maturity_tries = $1 and maturity_leased_until = $2 and shard = shard_of($3) and id = $4 and matured_at is null
    returning shard, id, creator_id, diamonds_matured as diamonds
)
select case when diamonds = 0 then true
    else post(shard, id, 'maturity', creator_id, creator_id, 'DIAMOND', diamonds, $5) end
from matured;

-- name: postpone_maturity
update conversion
set maturity_due_at = $3, maturity_failed_with = $4, maturity_error = $5, maturity_leased_until = null
where maturity_tries = $1 and maturity_leased_until = $2 and shard = shard_of($6) and id = $7 and matured_at is null
returning true;

-- name: waiting_maturities
select matures_at as since, coalesce(maturity_due_at, matures_at) as due_at, maturity_tries as tries,
    maturity_leased_until as leased_until, maturity_failed_with as failed_with
from conversion
where matured_at is null and matures_at <= $1 and not step_holds(creator_id, 'slow_maturity', $1) and not reward_stands_still(id, $1);

-- name: claim_conversions -> DueConversion
-- Creators whose coins wait to be converted on their own ($4: so many at least); those whose conversion failed before come
-- last.
update creator_setting s
set conversion_tries = conversion_tries + 1, conversion_due_at = $2, conversion_leased_until = $2
from (
    select s.shard, s.creator_id from creator_setting s
    join gift_balance g on g.shard = s.shard and g.creator_id = s.creator_id
    where s.automatic_conversion and g.balance >= $4 and g.balance - promotional_received(g.shard, g.creator_id) >= $4 and (s.conversion_due_at is null or s.conversion_due_at <= $1)
    order by s.conversion_due_at nulls first, s.creator_id limit $3 for no key update of s skip locked
) due
where s.shard = due.shard and s.creator_id = due.creator_id
returning s.creator_id, s.conversion_tries as tries, s.conversion_leased_until as leased_until;

-- name: postpone_conversion
update creator_setting
set conversion_due_at = $3, conversion_failed_with = $4, conversion_error = $5, conversion_leased_until = null,
    conversion_failing_since = case when $4::text is not null then coalesce(conversion_failing_since, $7) end
where conversion_tries = $1 and conversion_leased_until = $2 and shard = shard_of($6) and creator_id = $6
returning true;

-- name: conversion_succeeded
update creator_setting
set conversion_tries = 0, conversion_due_at = null, conversion_error = null, conversion_failing_since = null,
    conversion_failed_with = null, conversion_leased_until = null
where conversion_tries = $1 and conversion_leased_until = $2 and shard = shard_of($3) and creator_id = $3
returning true;

-- name: waiting_conversions
-- Who is not converted yet since the last run is not known here: only who is at it and who failed.
select coalesce(conversion_failing_since, conversion_due_at) as since, conversion_due_at as due_at,
    conversion_tries as tries, conversion_leased_until as leased_until, conversion_failed_with as failed_with
from creator_setting where conversion_due_at is not null;

-- name: forget_conversion_errors
-- Of creators who have nothing to convert any more, or do not want it converted.
update creator_setting s
set conversion_tries = 0, conversion_due_at = null, conversion_error = null, conversion_failing_since = null,
    conversion_failed_with = null, conversion_leased_until = null
where s.conversion_error is not null and not (s.automatic_conversion and exists (
    select from gift_balance g where g.shard = s.shard and g.creator_id = s.creator_id
        and g.balance - promotional_received(g.shard, g.creator_id) >= $1));

-- name: earnings -> Earning
-- What happened to a creator's coins and diamonds, newest first, from the books. A conversion is one line: its reward.
-- What was taken back, or given back, is one line for the gift balance and one for each conversion.
select t.reference, t.reason, case t.asset when 'DIAMOND' then t.amount else 0 end as diamonds, t.posted_at as at,
    coalesce(c.coins, p.coins) as coins
from transfer t
left join conversion c on t.reason = 'reward' and c.shard = t.shard and c.id = t.reference
left join clawback_part p on t.reason like 'clawback%' and p.shard = t.shard and p.reference = t.reference
where t.shard = shard_of($1)
    and ((t.credit_owner = $1 and t.asset = 'DIAMOND' and t.credit_kind in ('diamonds_pending', 'diamonds_available'))
        or (t.debit_owner = $1 and t.debit_kind in ('diamonds_pending', 'diamonds_available', 'diamonds_in_payout')
            and t.reason in ('payout_requested', 'payout_paid', 'clawback_pending', 'clawback_available', 'write_off_recovered'))
        or (t.debit_owner = $1 and t.debit_kind = 'gift_balance' and t.reason = 'clawback_coins')
        or (t.credit_owner = $1 and t.credit_kind = 'gift_balance' and t.reason = 'clawback_coins_returned'))
    and (t.posted_at, t.reference) < ($2, $3)
order by t.posted_at desc, t.reference desc, t.reason
limit $4;

-- Clawback

-- name: claim_clawbacks -> Clawback
-- Of each creator the first whose gifts have been delivered, if it is due: the later ones of that creator wait for it.
-- Creators are stepped through one by one, so that those that wait behind a first one are never read.
with recursive waiting as (
    (select creator_id from clawback where applied_at is null order by creator_id limit 1)
    union all
    select n.creator_id from waiting w cross join lateral (
        select creator_id from clawback where applied_at is null and creator_id > w.creator_id
        order by creator_id limit 1
    ) n
), first as (
    select f.shard, f.reversal_id, f.creator_id, f.direction, f.due_at, f.queued_at from waiting w cross join lateral (
        select c.shard, c.reversal_id, c.creator_id, c.direction, c.due_at, c.queued_at from clawback c
        join delivery_stream d on d.shard = c.creator_shard and d.source_shard = c.shard
            and d.delivered_through >= c.through_batch_no
        where c.creator_id = w.creator_id and c.applied_at is null
        order by c.queue_no limit 1
    ) f
    where f.due_at is null or f.due_at <= $1
    order by coalesce(f.due_at, f.queued_at) limit $3
), due as (
    select c.shard, c.reversal_id, c.creator_id, c.direction
    from clawback c join first f using (shard, reversal_id, creator_id, direction)
    where c.applied_at is null and (c.due_at is null or c.due_at <= $1)
    for no key update of c skip locked
)
update clawback c set tries = tries + 1, due_at = $2, leased_until = $2 from due d
where (c.shard, c.reversal_id, c.creator_id, c.direction) = (d.shard, d.reversal_id, d.creator_id, d.direction)
returning c.shard, c.reversal_id, c.creator_id, c.direction, c.coins, c.queued_at, c.tries, c.leased_until;

-- name: postpone_clawback
update clawback set due_at = $3, failed_with = $4, error = $5, leased_until = null
where tries = $1 and leased_until = $2 and shard = $6 and reversal_id = $7 and creator_id = $8 and direction = $9
    and applied_at is null
returning true;

-- name: clawback_applied
-- Under the creator's lock: whether it is still to be done, and ours to do.
update clawback set applied_at = $7
where tries = $1 and leased_until = $2 and shard = $3 and reversal_id = $4 and creator_id = $5 and direction = $6
    and applied_at is null
returning true;

-- name: waiting_clawbacks
select queued_at as since, coalesce(due_at, queued_at) as due_at, tries, leased_until, failed_with
from clawback where applied_at is null;

-- name: conversions_to_claw -> ClawedConversion
-- The newest first: those are the ones that are still pending.
select id, coins, diamonds, coins_clawed, diamonds_clawed, matured_at is null as is_pending
from conversion where shard = shard_of($1) and creator_id = $1 and coins_clawed < coins
order by converted_at desc, id desc limit $2 for no key update;

-- name: conversion_to_return -> ClawedConversion
select id, coins, diamonds, coins_clawed, diamonds_clawed, matured_at is null as is_pending
from conversion where shard = shard_of($1) and id = $2 for no key update;

-- name: claw_conversion
update conversion set coins_clawed = $3, diamonds_clawed = $4 where shard = shard_of($1) and id = $2;

-- name: add_clawback_part
insert into clawback_part (shard, reference, reversal_id, creator_id, conversion_id, coins, diamonds, was_pending, taken_at)
values (shard_of($1), $2, $3, $1, $4, $5, $6, $7, $8);

-- name: parts_to_return -> ClawbackPart
select reference, conversion_id, coins from clawback_part
where shard = shard_of($1) and creator_id = $1 and reversal_id = $2 and returned_at is null
order by reference;

-- name: return_clawback_part
update clawback_part set returned_at = $3, diamonds_returned = $4, returned_pending = $5
where shard = shard_of($1) and reference = $2;

-- name: post_clawback
-- From the creator to the platform, or back.
select post(shard_of($1), $2, $3, case when $4 then 0 else $1 end, case when $4 then $1 else 0 end, $5, $6, $7);

-- name: tell_rooms
-- What the totals of rooms and videos change by, as frames of theirs: top lists and totals follow from frames alone. They
-- may be another creator's, in whose shard they are; in the order in which deliveries take their locks.
select append_frame(shard, room_id, 'reversal',
    jsonb_build_object('event', $4::text, 'gifters', jsonb_build_array(jsonb_build_array(viewer_id, coins))), $5),
    pg_notify('plaudit_rooms', ':' || room_id)
from (
    select g.creator_shard as shard, coalesce(m.room_id, m.video_id) as room_id,
        case when g.anonymous then 0 else m.viewer_id end as viewer_id, sum(m.coins)::bigint as coins
    from gift_reversal m
    join gift g on g.shard = m.shard and g.viewer_id = m.viewer_id and g.id = m.gift_id
    where m.shard = $2 and m.reversal_id = $3 and m.creator_id = $1
    group by 1, 2, 3 order by 1, 2
) m;

-- name: log_reversal
-- The last of all locks, as in the log's own function.
select log_reversal(shard_of($1), $2, $3, $1, $4, $5);

-- name: clawbacks -> ClawbackEntry
select p.reversal_id, min(p.taken_at) as taken_at, max(p.returned_at) as returned_at, sum(p.coins)::bigint as coins,
    coalesce(sum(p.coins) filter (where p.conversion_id is null), 0)::bigint as from_gift_balance,
    sum(p.diamonds)::bigint as diamonds, coalesce(sum(p.diamonds_returned), 0)::bigint as diamonds_returned
from clawback_part p
where p.shard = shard_of($1) and p.creator_id = $1
group by p.reversal_id
having (min(p.taken_at), p.reversal_id) < ($2, $3)
order by min(p.taken_at) desc, p.reversal_id desc limit $4;

-- name: clawback -> ClawbackEntry
select p.reversal_id, min(p.taken_at) as taken_at, max(p.returned_at) as returned_at, sum(p.coins)::bigint as coins,
    coalesce(sum(p.coins) filter (where p.conversion_id is null), 0)::bigint as from_gift_balance,
    sum(p.diamonds)::bigint as diamonds, coalesce(sum(p.diamonds_returned), 0)::bigint as diamonds_returned
from clawback_part p
where p.shard = shard_of($1) and p.creator_id = $1 and p.reversal_id = $2
group by p.reversal_id;

-- name: clawed_gifts -> ClawedGift
-- The gifts of one reversal that this creator received, the largest first. They are of one order, so of one person, who
-- is nobody in all of them when they hide in one.
select m.gift_id, case when hides then 0 else m.viewer_id end as viewer_id,
    case when hides then '' else p.display_name end as sender_name, m.room_id, m.video_id, m.item_id, m.coins, m.marked_at,
    m.lifted_at
from generate_series(0, (select shards - 1 from ledger_setting)) s (shard)
join gift_reversal m on m.shard = s.shard and m.reversal_id = $2 and m.creator_id = $1
join person p on p.id = m.viewer_id
cross join lateral (
    select exists (
        select from gift_reversal h
        join gift g on g.shard = h.shard and g.viewer_id = h.viewer_id and g.id = h.gift_id and g.anonymous
        where h.shard = m.shard and h.reversal_id = $2 and h.creator_id = $1
    ) as hides
) h
where (m.coins, m.gift_id) < ($3, $4)
order by m.coins desc, m.gift_id desc limit $5;

-- name: gifts_taken_back -> GiftTakenBack
-- Of each of some reversals the gifts to one creator that it marks, the largest first, from the one after $3, $4; their
-- sender as above. $6: now.
select m.reversal_id, m.gift_id, case when m.hides then '' else p.display_name end as sender_name,
    case when m.hides then '' else p.avatar end as sender_avatar, v.name as item_name,
    coalesce(nullif(v.still, ''), v.art) as item_art, g.count, e.coins as gift_coins, m.coins, g.charged_at, m.room_id,
    r.title as room_title, m.video_id, title_known_to(f, $1, $6) as video_title, m.marked_at, m.lifted_at
from unnest($2::uuid[]) as w (reversal_id)
cross join lateral (
    select m.shard, m.reversal_id, m.viewer_id, m.gift_id, m.coins, m.room_id, m.video_id, m.marked_at, m.lifted_at,
        exists (
            select from gift_reversal h
            join gift g on g.shard = h.shard and g.viewer_id = h.viewer_id and g.id = h.gift_id and g.anonymous
            where h.shard = m.shard and h.reversal_id = w.reversal_id and h.creator_id = $1
        ) as hides
    from generate_series(0, (select shards - 1 from ledger_setting)) s (shard)
    join gift_reversal m on m.shard = s.shard and m.reversal_id = w.reversal_id and m.creator_id = $1
    where (m.coins, m.gift_id) < ($3, $4)
    order by m.coins desc, m.gift_id desc limit $5
) m
join gift g on g.shard = m.shard and g.viewer_id = m.viewer_id and g.id = m.gift_id
join gift_part e on e.shard = m.shard and e.viewer_id = m.viewer_id and e.id = m.gift_id and e.creator_id = $1 and e.coins > 0
join person p on p.id = m.viewer_id
left join room r on r.id = m.room_id
left join video f on f.id = m.video_id
left join lateral item_shown(g.item_id, g.coins / g.count, g.charged_at) v on true
order by m.reversal_id, m.coins desc, m.gift_id desc;

-- Work that failed is tried again now

-- name: retry_clawback
update clawback c set due_at = $2 from stuck_work w
where w.queue = 'clawback' and w.id = $1
    and (c.shard, c.reversal_id, c.creator_id, c.direction) = (w.shard, w.reversal_id, w.creator_id, w.direction);

-- name: retry_maturity
update conversion c set maturity_due_at = $2 from stuck_work w
where w.queue = 'maturity' and w.id = $1 and (c.shard, c.id) = (w.shard, w.conversion_id);

-- name: retry_conversion
update creator_setting s set conversion_due_at = $2 from stuck_work w
where w.queue = 'conversion' and w.id = $1 and (s.shard, s.creator_id) = (w.shard, w.creator_id);

-- Debts

-- name: debt -> Debt
select a.owner_id as creator_id, a.overdraft as diamonds, coalesce(p.balance, 0) as pending, owing_since(a.owner_id) as since,
    written_off_of(a.owner_id) as written_off
from account a
left join account p on p.shard = a.shard and p.kind = 'diamonds_pending' and p.owner_id = a.owner_id and p.asset = a.asset
where a.shard = shard_of($1) and a.owner_id = $1 and a.kind = 'diamonds_available' and a.asset = 'DIAMOND' and a.overdraft > 0;

-- name: debts -> Debt
with page as (
    select shard, owner_id, asset, overdraft from account
    where overdraft > 0 and kind = 'diamonds_available' and asset = 'DIAMOND' and (-overdraft, owner_id) > (-$1::bigint, $2::bigint)
    order by -overdraft, owner_id limit $3
)
select a.owner_id as creator_id, a.overdraft as diamonds, coalesce(p.balance, 0) as pending, owing_since(a.owner_id) as since,
    written_off_of(a.owner_id) as written_off
from page a
left join account p on p.shard = a.shard and p.kind = 'diamonds_pending' and p.owner_id = a.owner_id and p.asset = a.asset
order by -a.overdraft, a.owner_id;

-- name: debts_by_age -> DebtAge
select age.days_min, count(*)::integer as creators, sum(d.overdraft)::bigint as diamonds
from (
    select owner_id, overdraft from account
    where overdraft > 0 and kind = 'diamonds_available' and asset = 'DIAMOND' order by -overdraft, owner_id limit $2
) d
cross join lateral (
    select max(days) as days_min from (values (0), (30), (90), (180), (365)) b (days)
    where owing_since(d.owner_id) <= $1::timestamptz - make_interval(days => days) or days = 0
) age
group by 1 order by 1;

-- name: add_write_off
insert into debt_write_off (shard, creator_id, decision_id, diamonds, reason, written_off_at)
values (shard_of($1), $1, $2, $3, $4, $5);

-- name: post_write_off
select post(shard_of($1), $2, 'debt_written_off', 0, $1, 'DIAMOND', $3, $4);

-- name: write_off -> WriteOff
select w.decision_id, w.creator_id, w.diamonds, w.reason, w.written_off_at, d.proposed_by, d.decided_by as confirmed_by
from decision d
join debt_write_off w on w.shard = shard_of(d.beneficiary_id) and w.decision_id = d.id
where d.id = $1;

-- name: write_offs -> WriteOff
select w.decision_id, w.creator_id, w.diamonds, w.reason, w.written_off_at, d.proposed_by, d.decided_by as confirmed_by
from debt_write_off w join decision d on d.id = w.decision_id
where (w.written_off_at, w.decision_id) < ($1, $2) and ($4::bigint is null or (w.shard = shard_of($4) and w.creator_id = $4))
order by w.written_off_at desc, w.decision_id desc limit $3;

-- name: recoverable
-- Of what came back: no more than was let off, and nothing that pays what is still owed.
select least($2::bigint, written_off_of($1), coalesce((
    select greatest(balance, 0) from account
    where shard = shard_of($1) and kind = 'diamonds_available' and owner_id = $1 and asset = 'DIAMOND'), 0));

-- name: add_recovery
update clawback_part set diamonds_recovered = $3 where shard = shard_of($1) and reference = $2;

-- name: post_recovery
select post(shard_of($1), $2, 'write_off_recovered', $1, 0, 'DIAMOND', $3, $4);
