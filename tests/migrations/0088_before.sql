-- A link that ended when nobody said why.
insert into person_link (id, person_id, other_id, note, linked_by, linked_at, ended_by, ended_at)
values ('019ced16-9a70-7000-8000-000000009188', 9288, 9289, 'One address.', 1, '2026-01-01Z', 2, '2026-01-02Z');
