-- Since when a platform calls somebody an operator, and people who turned out to be one.

alter table person add column staff_since timestamptz;
comment on column person.staff_since is 'since when their platform says without a break that they are an operator; null: it does not, or did before this was kept';
create index person_called_staff on person (staff_since desc, id desc)
    where platform_roles && '{operator,owner,support,finance,pricing,catalogue,safety,auditor}';

-- How much is paid to an account of which nobody can say whether it is in the creator's name, without a person who looks at it.
insert into decision_bound (name, version, value, recorded_at) values ('payout_unnamed_diamonds', 1, 0, now());

-- How much somebody has at most whom a server's key alone leads to another subject.
insert into decision_bound (name, version, value, recorded_at) values
    ('rename_alone_coins', 1, 5000, now()),
    ('rename_alone_diamonds', 1, 20000, now());

-- A subject that leads elsewhere since its platform said so: its person is called otherwise, or was another account's all along.
create table person_move (
    id uuid primary key,
    issuer_id integer not null references issuer (id),
    subject text not null,
    person_id bigint not null references person (id),
    merged_id bigint unique references person (id),
    moved_at timestamptz not null,
    key_id integer default acting_key(),
    constraint person_move_subject unique (issuer_id, subject),
    constraint person_move_is_to_another check (merged_id <> person_id)
);
comment on column person_move.id is 'made by the caller: the idempotency key; of the freeze and the link of accounts, too';
comment on column person_move.subject is 'by which nobody comes in any more';
comment on column person_move.person_id is 'whom it leads to';
comment on column person_move.merged_id is 'the account that is no more; null: the person has another subject';
create index person_move_to on person_move (person_id);
grant select on person_move to plaudit_app;

do $$
declare
    v_scopes constant text := (
        select substring(pg_get_constraintdef(oid) from '\[(.*)\]') from pg_constraint
        where conrelid = 'api_key'::regclass and conname = 'api_key_scopes_check');
begin
    alter table api_key drop constraint api_key_scopes_check;
    execute 'alter table api_key add constraint api_key_scopes_check '
        || 'check (scopes <@ array[''merge''::text, ' || v_scopes || '])';
end $$;
