-- Sources of ages: what app stores say of whoever answers for somebody there, which source did not answer, and ages that are
-- only inferred.

-- What a store's account says of a guardian. A person may have several, such as one for each device.
create table store_guardian (
    store text not null check (store ~ '^[a-z][a-z0-9_]{0,29}$'),
    account text not null check (account ~ '^[\x21-\x7e]{1,200}$'),
    person_id bigint not null references person (id),
    state text not null check (state in ('given', 'pending', 'denied', 'free')),
    said_at timestamptz not null,
    key_id integer default acting_key(),
    primary key (store, account, person_id)
);
comment on column store_guardian.account is 'what the store calls it: an install of Google Play, an app transaction of Apple';
comment on column store_guardian.state is 'free: nobody answers for this account';
create index store_guardian_of_person on store_guardian (person_id, store, said_at desc);
grant select, insert (store, account, person_id, state, said_at), update (state, said_at, key_id) on store_guardian to plaudit_app;

-- A guardian took back what they agreed to, as the store itself says: it outlasts every word that is older, in whatever order
-- both arrive.
create table store_guardian_withdrawal (
    store text not null check (store ~ '^[a-z][a-z0-9_]{0,29}$'),
    account text not null check (account ~ '^[\x21-\x7e]{1,200}$'),
    withdrawn_at timestamptz not null,
    primary key (store, account)
);
create index store_guardian_withdrawal_by_time on store_guardian_withdrawal (withdrawn_at);
grant select, insert, update (withdrawn_at) on store_guardian_withdrawal to plaudit_app;

-- A source of somebody's age that was asked and did not answer.
create table age_silence (
    person_id bigint not null references person (id),
    source text not null check (source ~ '^[a-z][a-z0-9_]{0,29}$'),
    since timestamptz not null,
    primary key (person_id, source)
);
create index age_silence_by_time on age_silence (since);
grant select, insert, update (since), delete on age_silence to plaudit_app;

create trigger store_guardian_tells after insert or update on store_guardian
    for each row execute function tell_facts('person_id');
create trigger age_silence_tells after insert on age_silence for each row execute function tell_facts('person_id');
create function tell_silence_ends() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    perform pg_notify('plaudit_ways_in', 'facts:' || old.person_id);
    return null;
end $$;
create trigger age_silence_ends after delete on age_silence for each row execute function tell_silence_ends();
create function store_guardian_withdrawal_tells() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    perform pg_notify('plaudit_ways_in', 'facts:' || person_id) from store_guardian
    where store = new.store and account = new.account;
    return null;
end $$;
create trigger store_guardian_withdrawal_tells after insert or update on store_guardian_withdrawal
    for each row execute function store_guardian_withdrawal_tells();

alter table age_assurance drop constraint age_assurance_level_check,
    add constraint age_assurance_level_check check (level between 0 and 3);
comment on column age_assurance.level is '0 inferred, 1 claimed, 2 checked, 3 verified';
