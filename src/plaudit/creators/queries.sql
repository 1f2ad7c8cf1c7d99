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
insert into reward_rule (version, numerator, denominator, maturity_s, coins_min, effective_at, recorded_at, recorded_by, note)
select max(version) + 1, $1, $2, $3, $4, $5, $6, $7, $8 from reward_rule
returning version, numerator, denominator, maturity_s, coins_min, effective_at, note;

-- name: lock_creator -> CreatorSetting
-- Made when it is missing, and locked either way.
insert into creator_setting as s (shard, creator_id) values (shard_of($1), $1)
on conflict (shard, creator_id) do update set creator_id = s.creator_id
returning automatic_conversion;

-- name: setting -> CreatorSetting
select automatic_conversion from creator_setting where shard = shard_of($1) and creator_id = $1;

-- name: set_automatic_conversion -> CreatorSetting
update creator_setting set automatic_conversion = $2 where shard = shard_of($1) and creator_id = $1
returning automatic_conversion;

-- name: balance -> Balance
select
    coalesce(max(g.received), 0) as received,
    coalesce(max(g.balance), 0) as gift_balance,
    coalesce(max(a.balance) filter (where a.kind = 'diamonds_pending'), 0) as pending,
    coalesce(max(a.balance) filter (where a.kind = 'diamonds_available'), 0) as available,
    coalesce(max(a.balance) filter (where a.kind = 'diamonds_in_payout'), 0) as in_payout,
    coalesce(max(a.balance) filter (where a.kind = 'diamonds_redeemed'), 0) as redeemed
from (values (shard_of($1))) one (shard)
left join gift_balance g on g.shard = one.shard and g.creator_id = $1
left join account a on a.shard = one.shard and a.owner_id = $1 and a.asset = 'DIAMOND'
    and a.kind in ('diamonds_pending', 'diamonds_available', 'diamonds_in_payout', 'diamonds_redeemed');

-- name: maturing -> Maturing
select matures_at, sum(diamonds)::bigint as diamonds
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
    where matured_at is null and matures_at <= $1
    order by matures_at limit $2 for no key update skip locked
), matured as (
    update conversion c set matured_at = $1 from due d where c.shard = d.shard and c.id = d.id
    returning c.shard, c.id, c.creator_id, c.diamonds
)
select count(post(shard, id, 'maturity', creator_id, creator_id, 'DIAMOND', diamonds, $1))
from (select * from matured order by shard, creator_id, id) m;

-- name: next_automatic
-- The next creator after $1 whose coins wait to be converted on their own.
select s.creator_id from creator_setting s
join gift_balance g on g.shard = s.shard and g.creator_id = s.creator_id
where s.creator_id > $1 and s.automatic_conversion and g.balance >= $2
order by s.creator_id limit 1;
