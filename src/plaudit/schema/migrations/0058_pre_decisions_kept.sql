-- What was decided names its decision. What operators decided before this is kept as decided by each alone.

alter table payout_rate add column decision_id uuid unique references decision (id);
alter table payout_terms add column decision_id uuid unique references decision (id);
alter table reward_rule add column decision_id uuid unique references decision (id);
alter table payout_event add column decision_id uuid references decision (id);
alter table coin_grant add column decision_id uuid unique references decision (id);
create index payout_event_approved on payout_event (actor_id, at) where to_state = 'approved';

insert into decision_bound (name, version, value, recorded_at) values
    ('change_window_s', 1, 604800, '2000-01-01 00:00Z'),
    ('payout_rate_lead_s', 1, 86400, '2000-01-01 00:00Z'),
    ('payout_rate_change_bps', 1, 2000, '2000-01-01 00:00Z'),
    ('payout_terms_lead_s', 1, 86400, '2000-01-01 00:00Z'),
    ('payout_terms_change_bps', 1, 10000, '2000-01-01 00:00Z'),
    ('payout_terms_fee_bps', 1, 200, '2000-01-01 00:00Z'),
    ('reward_rule_lead_s', 1, 86400, '2000-01-01 00:00Z'),
    ('reward_rule_change_bps', 1, 2000, '2000-01-01 00:00Z'),
    ('reward_rule_maturity_change_bps', 1, 10000, '2000-01-01 00:00Z'),
    ('payout_alone_diamonds', 1, 20000, '2000-01-01 00:00Z'),
    ('payout_alone_day_diamonds', 1, 100000, '2000-01-01 00:00Z'),
    ('grant_alone_coins', 1, 1000, '2000-01-01 00:00Z'),
    ('grant_alone_day_coins', 1, 5000, '2000-01-01 00:00Z');

create temporary table decided on commit drop as
    select 'payout_rate' as kind, md5('payout_rate ' || version)::uuid as id, recorded_by as who, recorded_at as at, source_note as note,
        effective_at, null::text as subject, null::bigint as beneficiary_id,
        jsonb_build_object('currency', currency, 'numerator', numerator, 'denominator', denominator) as content
    from payout_rate where recorded_by is not null
    union all
    select 'payout_terms', md5('payout_terms ' || version)::uuid, recorded_by, recorded_at, note, effective_at, null, null,
        jsonb_build_object('method_kind', method_kind, 'fee_fixed_minor', fee_fixed_minor, 'fee_fixed_currency', fee_fixed_currency,
            'fee_bps', fee_bps, 'diamonds_min', diamonds_min, 'diamonds_per_day_max', diamonds_per_day_max)
    from payout_terms where recorded_by is not null
    union all
    select 'reward_rule', md5('reward_rule ' || version)::uuid, recorded_by, recorded_at, note, effective_at, null, null,
        jsonb_build_object('numerator', numerator, 'denominator', denominator, 'maturity_s', maturity_s, 'coins_min', coins_min)
    from reward_rule where recorded_by is not null
    union all
    select 'payout', md5('payout ' || p.id)::uuid, e.actor_id, e.at, '-', e.at, p.id::text, p.creator_id,
        jsonb_build_object('payout_id', p.id, 'diamonds', p.diamonds)
    from payout_event e join payout p on p.shard = e.shard and p.id = e.payout_id
    where e.to_state = 'approved' and e.actor = 'operator' and e.actor_id <> p.creator_id
    union all
    select 'grant', md5('grant ' || grant_id)::uuid, granted_by, granted_at, reason, granted_at, grant_id::text, person_id,
        jsonb_build_object('id', grant_id, 'person_id', person_id::text, 'coins', coins, 'reason', reason)
    from coin_grant;

insert into decision (id, kind, subject, content, content_sha256, note, beneficiary_id, proposed_by, proposed_at, expires_at, outcome,
    decided_by, decided_at, effective_at, alone)
select id, kind, subject, content::text, sha256(convert_to(content::text, 'UTF8')),
    case when note ~ '\S' then note else '-' end, beneficiary_id, who, at, at + interval '1 day', 'confirmed', who, at,
    greatest(effective_at, at), true
from decided;
update payout_rate set decision_id = md5('payout_rate ' || version)::uuid where recorded_by is not null;
update payout_terms set decision_id = md5('payout_terms ' || version)::uuid where recorded_by is not null;
update reward_rule set decision_id = md5('reward_rule ' || version)::uuid where recorded_by is not null;
update payout_event e set decision_id = d.id from decided d
where d.kind = 'payout' and e.to_state = 'approved' and e.payout_id::text = d.subject;
update coin_grant set decision_id = md5('grant ' || grant_id)::uuid;
