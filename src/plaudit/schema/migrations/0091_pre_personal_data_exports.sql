-- What is held of a person, made into one file when they, their platform's server or an operator ask; and how long things
-- are kept.

create table data_export (
    id uuid primary key,
    person_id bigint not null references person (id),
    asked_by text not null check (asked_by in ('person', 'platform', 'operator')),
    operator_id bigint references person (id),
    reason text check (reason ~ '\S' and length(reason) <= 500),
    key_id integer default acting_key(),
    language text not null check (language ~ '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
    asked_at timestamptz not null,
    state text not null default 'waiting' check (state in ('waiting', 'ready', 'deleted')),
    due_at timestamptz,
    tries integer not null default 0 check (tries >= 0),
    leased_until timestamptz,
    failed_with text,
    error text,
    ready_at timestamptz check (ready_at >= asked_at),
    delete_at timestamptz check (delete_at > ready_at),
    bytes bigint check (bytes > 0),
    downloaded_at timestamptz check (downloaded_at >= ready_at),
    constraint export_is_due_while_waiting check ((due_at is not null) = (state = 'waiting')),
    constraint export_was_ready_or_waits check (num_nulls(ready_at, delete_at, bytes) = case state when 'waiting' then 3 else 0 end),
    constraint export_by_an_operator_says_why check (
        (asked_by = 'operator') = (operator_id is not null) and (operator_id is null) = (reason is null))
);
comment on table data_export is 'copies of all that is held of somebody';
comment on column data_export.language is 'of its README';
create unique index export_waits_once on data_export (person_id) where state = 'waiting';
create index export_of_person on data_export (person_id, asked_at desc, id desc);
create index export_due on data_export (due_at) where due_at is not null;
create index export_to_delete on data_export (delete_at) where state = 'ready';

create table data_export_part (
    export_id uuid not null references data_export (id),
    number integer not null check (number >= 0),
    sealed bytea not null,
    primary key (export_id, number)
);
comment on column data_export_part.sealed is 'bytes of the file, by the vault';

grant select, insert on data_export to plaudit_app;
grant update (state, due_at, tries, leased_until, failed_with, error, ready_at, delete_at, bytes, downloaded_at)
    on data_export to plaudit_app;
grant select, insert, delete on data_export_part to plaudit_app;

-- What somebody said in chats is found by them.
create index frame_speakers on frame using gin (jsonb_path_query_array(body, '$.messages[*].sender_id')) where kind = 'chat';

-- One more thing that a key may be given; whatever else may be by now, stays.
do $$
declare
    held constant text := (select pg_get_constraintdef(oid) from pg_constraint
        where conrelid = 'api_key'::regclass and conname = 'api_key_scopes_check');
begin
    alter table api_key drop constraint api_key_scopes_check;
    execute 'alter table api_key add constraint api_key_scopes_check '
        || regexp_replace(held, 'ARRAY\[', 'ARRAY[''data''::text, ');
end $$;
