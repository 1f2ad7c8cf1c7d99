-- A report that a store would not take, and one that waits.
set session_replication_role = replica;

insert into store_link (provider, link_id, token, begun_at, noted_at, report_hours)
values ('google', 'one', 'token', now(), now(), 24), ('google', 'two', 'token', now(), now(), 24);
insert into store_link_report (provider, link_id, kind, happened_at, report_by, state, ended_at, due_at)
values ('google', 'one', 'no_sale', now(), now(), 'refused', now(), null),
    ('google', 'two', 'unknown_link', now(), now(), 'waiting', null, now());
