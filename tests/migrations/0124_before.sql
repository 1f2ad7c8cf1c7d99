-- A case that is open, and one that was decided when nobody was told.
set session_replication_role = replica;
insert into safety_case (id, person_id, opened_at, score, outcome, decided_by, decided_at, reason) values
    ('00000000-0000-0000-0000-000000009124', 9124, '2026-01-01Z', 60, null, null, null, null),
    ('00000000-0000-0000-0000-000000009125', 9125, '2026-01-01Z', 60, 'confirmed', 1, '2026-01-02Z', 'One card.');
