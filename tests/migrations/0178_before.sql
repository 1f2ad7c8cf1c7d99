-- Somebody whom their platform calls otherwise.
set session_replication_role = replica;
insert into person (id, issuer_id, subject, handle, display_name, avatar, created_at) overriding system value
values (9178, 9178, 'ada2', 'ada', 'Ada', '', '2026-01-01Z');
insert into person_move (id, issuer_id, subject, person_id, moved_at)
values ('01900000-0000-7000-8000-000000009178', 9178, 'ada', 9178, '2026-01-02Z');
