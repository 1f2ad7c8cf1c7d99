-- How long an audit took, and whether it ran by itself.
alter table audit_run
    add column took_ms bigint check (took_ms >= 0),
    add column by_itself boolean not null default false;
comment on column audit_run.took_ms is 'null: from before it was measured';
comment on column audit_run.by_itself is 'the daily one; others were asked for by an operator or at a command line';
create index audit_run_by_itself on audit_run (at) where by_itself;
