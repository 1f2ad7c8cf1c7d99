-- The pack of a country.
set session_replication_role = replica;
insert into policy_pack (version, country, text, loosens, effective_at, recorded_at, recorded_by, note, decision_id)
values (9114, 'US', 'x', false, '2026-01-02Z', '2026-01-01Z', 1, 'x', gen_random_uuid());
