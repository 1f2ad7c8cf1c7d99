-- An audit that an operator asked for.
insert into audit_run (at, laws, broken, report) values ('2026-01-01Z', 1, 0, '{}');
