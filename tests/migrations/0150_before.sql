-- What is known of ages, in the levels there were.
set session_replication_role = replica;
insert into age_assurance (id, person_id, at_least, level, method, source, proved_at, recorded_at)
select gen_random_uuid(), 9150, 18, level, 'claim', 'x', '2026-01-01Z', '2026-01-01Z' from generate_series(1, 3) level;
