-- What each audit found, whoever ran it and in whichever process.
create table audit_run (
    run_no bigint generated always as identity primary key,
    at timestamptz not null,
    laws integer not null check (laws > 0),
    broken integer not null check (broken between 0 and laws),
    report jsonb not null
);
comment on table audit_run is 'the latest of them: older ones are forgotten';
comment on column audit_run.at is 'the moment of the snapshot that was looked at';
grant select, insert, delete on audit_run to plaudit_app;
