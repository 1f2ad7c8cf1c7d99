-- What stood still before a gift or a reward could.
set session_replication_role = replica;
insert into freeze_record (id, what, person_id, lot_id, room_id, reason, frozen_at, ends_at) values
    ('01900000-0000-7000-8000-000000009179', 'person', 9179, null, null, 'x', '2026-01-01Z', null),
    ('01900000-0000-7000-8000-00000000917a', 'lot', 9179, '01900000-0000-7000-8000-00000000917b', null, 'x', '2026-01-01Z', '2026-02-01Z'),
    ('01900000-0000-7000-8000-00000000917c', 'room', 9179, null, 9179, 'x', '2026-01-01Z', null);
