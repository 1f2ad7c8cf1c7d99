-- Erasing a person: asked for, waited with, begun when nothing is in the way, done. What is left of it names nobody.

create table erasure (
    id uuid primary key,
    person_id bigint not null references person (id),
    asked_by text not null check (asked_by in ('person', 'platform', 'operator', 'restore')),
    operator_id bigint references person (id),
    reason text check (reason ~ '\S' and length(reason) <= 500),
    key_id integer default acting_key(),
    gives_up_coins boolean not null,
    gives_up_earnings boolean not null,
    asked_at timestamptz not null,
    begins_at timestamptz not null check (begins_at >= asked_at),
    withdrawn_at timestamptz check (withdrawn_at >= asked_at),
    begun_at timestamptz check (begun_at >= begins_at),
    subject_mac bytea check (length(subject_mac) = 32),
    erased_at timestamptz check (erased_at >= begun_at),
    due_at timestamptz,
    tries integer not null default 0 check (tries >= 0),
    leased_until timestamptz,
    failed_with text,
    error text,
    constraint erasure_by_an_operator_says_why check (
        (asked_by = 'operator') = (operator_id is not null) and (operator_id is null) = (reason is null)),
    constraint erasure_is_withdrawn_before_it_begins check (withdrawn_at is null or begun_at is null),
    constraint erasure_is_known_by_its_mac_once_begun check ((begun_at is not null) = (subject_mac is not null)),
    constraint erasure_is_done_once_begun check (erased_at is null or begun_at is not null),
    constraint erasure_is_due_until_it_ends check ((due_at is not null) = (withdrawn_at is null and erased_at is null))
);
comment on table erasure is 'people who are to be nobody here, and those who are';
comment on column erasure.gives_up_coins is 'coins that are left in the wallet then; so for earnings';
comment on column erasure.subject_mac is 'HMAC of who they were, under a key of the vault: a restore finds them again by it, nobody else does';
create unique index erasure_is_one on erasure (person_id) where withdrawn_at is null;
create index erasure_of_person on erasure (person_id, asked_at desc);
create index erasure_due on erasure (due_at) where due_at is not null;

grant select, insert on erasure to plaudit_app;
grant update (withdrawn_at, begun_at, subject_mac, erased_at, due_at, tries, leased_until, failed_with, error)
    on erasure to plaudit_app;

-- What is sealed is sealed anew when keys of the vault change.
grant update (sealed) on data_export_part to plaudit_app;

-- Whoever is being erased, the words of their freezes may go, and nothing else of a freeze that was lifted.
create or replace function freeze_changes_by_being_lifted() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if tg_op = 'UPDATE' and exists (
        select from erasure e where e.person_id = old.person_id and e.begun_at is not null and e.erased_at is null)
    then
        new.reason := 'erased';
        new.message := case when old.message is not null then 'erased' end;
        new.lifted_because := case when old.lifted_because is not null then 'erased' end;
        return new;
    end if;
    if tg_op = 'DELETE' or old.lifted_at is not null then
        raise exception 'a freeze is lifted once and stays' using errcode = 'check_violation', constraint = 'freeze_stays';
    end if;
    return new;
end $$;
