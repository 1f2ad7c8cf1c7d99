-- A bound that two decided, and somebody whose country is known.
set session_replication_role = replica;
insert into decision_bound (name, version, value, recorded_at, decision_id)
select name, 2, value + 1, '2026-01-01Z', '00000000-0000-0000-0000-000000009095' from decision_bound
where version = 1 order by name limit 1;
insert into person (id, issuer_id, subject, handle, display_name, avatar, created_at, platform_roles, country)
overriding system value
values (9095, 9095, 'ada', 'ada', 'Ada', '', '2026-01-01Z', '{viewer}', 'DE');
