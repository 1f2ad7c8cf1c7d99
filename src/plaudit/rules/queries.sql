-- Packs that were published, facts of people, and what was decided.

-- columns: pack
version, country, text, loosens, effective_at, recorded_at, recorded_by, note, decision_id

-- name: lock_packs
select pg_advisory_xact_lock(hashtext('plaudit.policy_pack'));

-- name: packs -> PublishedPack
-- Newest first; of one country or all.
select {pack} from policy_pack where ($1::text is null or country = $1) and version < $2 order by version desc limit $3;

-- name: find_pack -> PublishedPack
select {pack} from policy_pack where version = $1;

-- name: decided_pack -> PublishedPack
select {pack} from policy_pack where decision_id = $1;

-- name: add_pack -> PublishedPack
insert into policy_pack ({pack})
select coalesce(max(version), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8 from policy_pack
returning {pack};

-- name: packs_version
select coalesce(max(version), 0) from policy_pack;

-- name: facts_of -> FactsRow
-- What is known of people. A source that did not answer is told of for a day.
select p.id as person_id, p.country, s.subdivision, p.born_on, p.language, i.issuer, a.at_least, a.under, a.level, a.method,
    a.source, a.until, consents_of(p.id) as consents, store_guardian_says(p.id) as store_consent,
    (select max(x.source) from age_silence x where x.person_id = p.id and x.since > $2 - interval '1 day') as silent_source
from person p join issuer i on i.id = p.issuer_id
left join person_subdivision s on s.person_id = p.id and s.country = p.country
left join lateral believed_age(p.id, $2) a on true
where p.id = any ($1::bigint[]);

-- name: tell_subdivision
insert into person_subdivision (person_id, country, subdivision, told_at) values ($1, $2, $3, $4)
on conflict (person_id) do update set country = excluded.country, subdivision = excluded.subdivision,
    told_at = excluded.told_at, key_id = acting_key();

-- name: forget_subdivision
delete from person_subdivision where person_id = $1;

-- name: keep_decision
insert into rule_decision (shard, reference, action, person_id, decided_at, outcome, rule, version, countries, at_least,
    under, level, method, source)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
on conflict (shard, reference, action) do nothing;

-- name: find_decision -> KeptDecision
select reference, action, person_id, decided_at, outcome, rule, version, countries, at_least, under, level, method, source
from rule_decision where shard = $1 and reference = $2 and action = $3;

-- name: add_tallies
insert into rule_tally as t (day, rule, version, outcome, stopped, times)
select * from unnest($1::date[], $2::text[], $3::integer[], $4::text[], $5::boolean[], $6::bigint[])
on conflict (day, rule, version, outcome, stopped) do update set times = t.times + excluded.times;

-- name: tallies -> RuleTally
select rule, version, outcome, stopped, sum(times)::bigint as times from rule_tally
where day between $1 and $2 group by rule, version, outcome, stopped order by times desc, rule, version, outcome, stopped limit $3;

-- name: give_consent
insert into rule_consent (person_id, given_by, action, given_at) values ($1, $2, $3, $4)
on conflict (person_id, given_by, action) where ended_at is null do nothing;

-- name: end_consents
-- Of one action, or of all.
select end_consents($1, $2, $3, $4);

-- name: consents_by
select coalesce(array_agg(action order by action), '{}') from rule_consent
where person_id = $1 and given_by = $2 and ended_at is null;

-- name: say_store_consent
-- What an account says of a guardian; an older word changes nothing.
insert into store_guardian as c (store, account, person_id, state, said_at) values ($1, $2, $3, $4, $5)
on conflict (store, account, person_id) do update
    set state = excluded.state, said_at = excluded.said_at, key_id = acting_key()
    where excluded.said_at > c.said_at;

-- name: withdraw_store_consent
insert into store_guardian_withdrawal as w (store, account, withdrawn_at) values ($1, $2, $3)
on conflict (store, account) do update set withdrawn_at = excluded.withdrawn_at where excluded.withdrawn_at > w.withdrawn_at;

-- name: people_of_store_account
select coalesce(array_agg(person_id order by person_id), '{}') from store_guardian where store = $1 and account = $2;

-- name: say_silence
insert into age_silence as s (person_id, source, since) values ($1, $2, $3)
on conflict (person_id, source) do update set since = excluded.since where excluded.since > s.since;

-- name: end_silence
delete from age_silence where person_id = $1 and source = $2;

-- name: revoke_others_of_source
-- What a source said of somebody before: only its newest word holds. No word ends a surer one.
update age_assurance set revoked_at = $3, revoked_because = $4
where person_id = $1 and method = $2 and id is distinct from $5 and revoked_at is null and proved_at <= $6 and level <= $7;

-- columns: assurance
id, person_id, at_least, under, level, method, source, proved_at, until, recorded_at, revoked_at, revoked_because

-- name: add_assurance -> AgeAssurance
insert into age_assurance (id, person_id, at_least, under, level, method, source, proved_at, until, recorded_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (id) do nothing
returning {assurance};

-- name: find_assurance -> AgeAssurance
select {assurance} from age_assurance where id = $1;

-- name: revoke_assurance -> AgeAssurance
update age_assurance set revoked_at = $2, revoked_because = $3 where id = $1 and revoked_at is null returning {assurance};

-- name: gifts_by_pair -> Given
-- Gifts since a moment with somebody of a country at either end.
select g.viewer_id, g.creator_id, g.video_id is not null as on_video, g.message is not null as with_words,
    count(*) as times
from gift g
where g.charged_at >= $2 and exists (
    select from person p where p.id in (g.viewer_id, g.creator_id) and p.country = $1)
group by g.viewer_id, g.creator_id, g.video_id is not null, g.message is not null
order by g.viewer_id, g.creator_id, on_video, with_words limit $3;

-- name: decided_by_person -> Decided
select action, person_id, countries, at_least, under, level, method, source, count(*) as times
from rule_decision where decided_at >= $2 and $1 = any (countries)
group by action, person_id, countries, at_least, under, level, method, source
order by action, person_id limit $3;

-- name: is_of_age
select is_of_age($1, $2);
