-- Two owners had widened a bound beyond what the installation lets it be from now on, and another within it.
insert into decision (id, kind, content, content_sha256, note, proposed_by, proposed_at, expires_at, outcome, decided_by, decided_at,
    effective_at)
select ('01890000-0000-7000-8000-00000000110' || n)::uuid, 'bound', c, sha256(convert_to(c, 'UTF8')), 'x', 1, now(),
    now() + interval '1 day', 'confirmed', 2, now(), now()
from (values (1, '{"name":"grant_alone_coins","value":90000}'), (2, '{"name":"key_life_days","value":500}')) v (n, c);
insert into decision_bound (name, version, value, recorded_at, decision_id)
select content::jsonb ->> 'name', 2, (content::jsonb ->> 'value')::bigint, now(), id from decision where id::text like '%110_';
