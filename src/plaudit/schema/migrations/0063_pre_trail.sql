-- The trail: what operators, keys and the command line did, in one chain that nobody changes.

-- The record is kept as the text that was written, to the byte: it is what the chain seals. What is searched by is read
-- out of it by the database, so that the two cannot differ.
create table act (
    id uuid primary key,
    record json not null check (json_typeof(record) = 'object' and octet_length(record::text) <= 20000),
    kind text not null generated always as (record ->> 'kind') stored check (kind in ('act', 'read', 'refused')),
    actor text not null generated always as (record ->> 'actor') stored
        check (actor in ('operator', 'person', 'key', 'command', 'house', 'nobody')),
    operation text not null generated always as (record ->> 'operation') stored,
    outcome text not null generated always as (record ->> 'outcome') stored
        check (outcome in ('done', 'answered', 'refused', 'failed')),
    person_id bigint generated always as ((record ->> 'person_id')::bigint) stored,
    key_id bigint generated always as ((record ->> 'key_id')::bigint) stored,
    about text[] not null generated always as (string_to_array(coalesce(record ->> 'about', ''), ' ')) stored,
    constraint act_is_its_record check ((record ->> 'id')::uuid = id)
);
comment on table act is 'what somebody with power did, tried or read, written in the transaction of what it did';
comment on column act.about is 'ids of what it is about, in the order of the address, then of the body';
create index act_of_person on act (person_id, id) where person_id is not null;
create index act_of_key on act (key_id, id) where key_id is not null;
create index act_by_operation on act (operation, id);
create index act_about on act using gin (about);

-- Acts that have no place in the chain yet. Transactions commit in another order than that in which they began, and none
-- waits for another: one at a time gives the places afterwards, under the row of act_chain.
create table act_unsealed (
    number bigint generated always as identity primary key,
    act_id uuid not null unique references act (id)
);

create table act_seal (
    position bigint primary key check (position > 0),
    act_id uuid not null unique references act (id),
    hash bytea not null check (length(hash) = 32)
);
comment on column act_seal.hash is 'SHA-256 of the hash before, 32 zero bytes before the first, and of the record as UTF-8';

create table act_chain (
    singleton boolean primary key default true check (singleton),
    last bigint not null default 0,
    hash bytea not null default decode(repeat('00', 32), 'hex') check (length(hash) = 32)
) with (fillfactor = 50);
comment on table act_chain is 'where the chain ends';
insert into act_chain default values;

-- Keys that heads were ever signed with; only the public halves.
create table head_key (
    key_id text primary key check (key_id ~ '^[0-9a-f]{16}$'),
    public_key bytea not null check (length(public_key) = 32),
    first_used_at timestamptz not null
);

create table head (
    number integer primary key check (number > 0),
    document json not null check (json_typeof(document) = 'object'),
    signature bytea not null check (length(signature) = 64),
    key_id text not null references head_key (key_id),
    constraint head_is_its_document check ((document ->> 'number')::integer = number)
);
comment on table head is 'how far the chains of books and trail went at a moment, signed with a key that is not kept here';

create function trail_never_changes() returns trigger language plpgsql as $$
begin
    raise exception '% is only ever added to', tg_table_name using errcode = 'restrict_violation';
end $$;

create trigger act_never_changes before update or delete or truncate on act
for each statement execute function trail_never_changes();
create trigger act_seal_never_changes before update or delete or truncate on act_seal
for each statement execute function trail_never_changes();
create trigger head_key_never_changes before update or delete or truncate on head_key
for each statement execute function trail_never_changes();
create trigger head_never_changes before update or delete or truncate on head
for each statement execute function trail_never_changes();

grant select on act, act_unsealed, act_seal, act_chain to plaudit_app;
grant select, insert on head_key, head to plaudit_app;
