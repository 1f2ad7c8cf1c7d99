-- Guardians: who answers for a minor, what they agree to, how much they let the minor spend, and that they stop it.

-- Somebody of age answers for a minor, as their platform says or as both agreed by a code.
create table guardianship (
    id uuid primary key,
    guardian_id bigint not null references person (id),
    minor_id bigint not null references person (id),
    began_by text not null check (began_by in ('platform', 'code')),
    began_at timestamptz not null,
    key_id integer default acting_key(),
    ended_at timestamptz check (ended_at >= began_at),
    ended_because text check (ended_because in ('guardian', 'platform', 'of_age')),
    constraint guardianship_is_of_two check (guardian_id <> minor_id),
    constraint guardianship_ends_whole check ((ended_at is null) = (ended_because is null))
);
create unique index guardianship_of_pair on guardianship (guardian_id, minor_id) where ended_at is null;
create index guardianship_of_minor on guardianship (minor_id) where ended_at is null;
grant select, insert (id, guardian_id, minor_id, began_by, began_at) on guardianship to plaudit_app;

-- A code by which a guardian and a minor say the same of each other: one makes it, the other answers, the first confirms.
create table guardian_invitation (
    id uuid primary key,
    guardian_id bigint not null references person (id),
    code_sha256 bytea not null unique check (length(code_sha256) = 32),
    made_at timestamptz not null,
    ends_at timestamptz not null check (ends_at > made_at),
    minor_id bigint references person (id),
    answered_at timestamptz,
    ended_at timestamptz,
    outcome text check (outcome in ('confirmed', 'withdrawn')),
    constraint guardian_invitation_is_of_two check (guardian_id <> minor_id),
    constraint guardian_invitation_is_answered_whole check ((minor_id is null) = (answered_at is null)),
    constraint guardian_invitation_ends_whole check ((ended_at is null) = (outcome is null)),
    constraint guardian_invitation_is_confirmed_by_both check (outcome <> 'confirmed' or minor_id is not null)
);
create index guardian_invitation_of_guardian on guardian_invitation (guardian_id, made_at desc);
create index guardian_invitation_of_minor on guardian_invitation (minor_id) where minor_id is not null;
grant select, insert (id, guardian_id, code_sha256, made_at, ends_at), update (minor_id, answered_at, ended_at, outcome), delete
    on guardian_invitation to plaudit_app;

-- What somebody who answers for a minor agrees to, by action of the rules, until they take it back.
create table rule_consent (
    number bigint primary key generated always as identity,
    person_id bigint not null references person (id),
    given_by bigint not null references person (id),
    action text not null check (action ~ '^[a-z]+(_[a-z]+)*$'),
    given_at timestamptz not null,
    ended_at timestamptz check (ended_at >= given_at)
);
create unique index rule_consent_holds on rule_consent (person_id, given_by, action) where ended_at is null;
create index rule_consent_of_giver on rule_consent (given_by) where ended_at is null;
grant select, insert (person_id, given_by, action, given_at) on rule_consent to plaudit_app;
create trigger rule_consent_tells after insert or update on rule_consent
    for each row execute function tell_facts('person_id');

-- How much a guardian lets somebody spend. The newest of a kind holds; without an amount or a night: no such limit.
create table guardian_limit (
    id uuid primary key,
    number bigint not null generated always as identity,
    person_id bigint not null references brake_terms (person_id),
    set_by bigint not null references person (id),
    kind text not null references brake_rule (name)
        check (kind in ('day', 'week', 'month', 'session', 'gift', 'creator', 'night')),
    amount_minor bigint check (amount_minor between 1 and 1000000000000),
    night_from_minute smallint check (night_from_minute between 0 and 1439),
    night_to_minute smallint check (night_to_minute between 0 and 1439),
    set_at timestamptz not null,
    is_over boolean not null default false,
    constraint guardian_limit_is_of_its_kind check (
        (amount_minor is null or kind <> 'night') and (night_from_minute is null or kind = 'night')
        and (night_from_minute is null) = (night_to_minute is null)
        and night_from_minute is distinct from coalesce(night_to_minute, -1))
);
comment on column guardian_limit.set_by is 'the guardian; the person never changes it';
comment on column guardian_limit.is_over is 'another was said later, or nobody answers for them any more';
create unique index guardian_limit_holds on guardian_limit (person_id, set_by, kind) where not is_over;

-- A guardian stops all spending of somebody until they let it go on.
create table guardian_stop (
    id uuid primary key,
    person_id bigint not null references brake_terms (person_id),
    set_by bigint not null references person (id),
    began_at timestamptz not null,
    ended_at timestamptz check (ended_at >= began_at)
);
create unique index guardian_stop_holds on guardian_stop (person_id, set_by) where ended_at is null;
grant select on guardian_limit, guardian_stop to plaudit_app;
