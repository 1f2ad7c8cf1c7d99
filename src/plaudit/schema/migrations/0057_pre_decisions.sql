-- Decisions: what one person proposes and another confirms. Proposer, confirmer and beneficiary are facts of one row.

-- Who may not be the same is said here; accounts that one person has count as one, which the function of the room holds.
create table decision (
    id uuid primary key,
    kind text not null check (kind ~ '^[a-z]+(_[a-z]+)*$'),
    subject text check (subject <> ''),
    content text not null check (jsonb_typeof(content::jsonb) = 'object'),
    content_sha256 bytea not null,
    before text check (jsonb_typeof(before::jsonb) = 'object'),
    note text not null check (note ~ '\S'),
    beneficiary_id bigint,
    proposed_by bigint not null,
    proposed_at timestamptz not null,
    expires_at timestamptz not null check (expires_at > proposed_at),
    outcome text check (outcome in ('confirmed', 'refused', 'withdrawn', 'expired')),
    decided_by bigint,
    decided_at timestamptz check (decided_at >= proposed_at),
    effective_at timestamptz check (effective_at >= decided_at),
    reason text check (reason ~ '\S'),
    alone boolean not null default false,
    emergency boolean not null default false,
    constraint decision_content_is_hashed check (content_sha256 = sha256(convert_to(content, 'UTF8'))),
    constraint decision_has_an_end check (
        (outcome is null) = (decided_at is null)
        and (decided_by is null) = (outcome is null or outcome = 'expired')
        and (effective_at is null) = (outcome is distinct from 'confirmed')
    ),
    constraint decision_takes_two check ((outcome is not distinct from 'confirmed' and decided_by = proposed_by) = alone),
    constraint decision_alone_in_an_emergency check (not emergency or alone and reason is not null),
    constraint decision_proposer_gains_nothing check (beneficiary_id <> proposed_by),
    constraint decision_confirmer_gains_nothing check (outcome is distinct from 'confirmed' or beneficiary_id <> decided_by),
    constraint decision_is_confirmed_in_time check (outcome is distinct from 'confirmed' or decided_at < expires_at),
    constraint decision_is_withdrawn_by_its_proposer check (outcome is distinct from 'withdrawn' or decided_by = proposed_by),
    constraint decision_is_refused_by_another check (
        outcome is distinct from 'refused' or decided_by <> proposed_by and reason is not null
    )
);
comment on column decision.id is 'made by the caller: the idempotency key';
comment on column decision.kind is 'what its content is, as a room brings it';
comment on column decision.subject is 'what there may be one open decision of at a time, such as the id of a payout';
comment on column decision.content is 'JSON, as it is hashed and confirmed';
comment on column decision.before is 'what was in force when it was proposed; null: nothing';
comment on column decision.beneficiary_id is 'who gains by it';
comment on column decision.effective_at is 'from when it holds: not before its lead time is over';
comment on column decision.alone is 'confirmed by who proposed it: where there is one operator, or in an emergency';
create unique index decision_of_a_subject on decision (kind, subject) where outcome is null;
create index decision_open on decision (proposed_at desc, id desc) where outcome is null;
create index decision_newest on decision (proposed_at desc, id desc);
create index decision_in_an_emergency on decision (decided_at desc) where emergency;

-- Another operator has seen what one decided alone in an emergency.
create table decision_seen (
    decision_id uuid primary key references decision (id),
    seen_by bigint not null,
    seen_at timestamptz not null
);

-- Two accounts of one human or household: for decisions they are one.
create table person_link (
    id uuid primary key,
    person_id bigint not null,
    other_id bigint not null,
    note text not null check (note ~ '\S'),
    linked_by bigint not null,
    linked_at timestamptz not null,
    ended_by bigint,
    ended_at timestamptz check (ended_at >= linked_at),
    constraint person_link_in_order check (person_id < other_id),
    constraint person_link_is_ended_by_another check (ended_by not in (person_id, other_id)),
    check ((ended_by is null) = (ended_at is null))
);
create unique index person_link_holds on person_link (person_id, other_id) where ended_at is null;
create index person_link_of_other on person_link (other_id) where ended_at is null;

-- How far one decision may go, whoever confirms it. Changed by a decision only.
create table decision_bound (
    name text not null check (name ~ '^[a-z]+(_[a-z]+)*$'),
    version integer not null check (version > 0),
    value bigint not null check (value >= 0),
    recorded_at timestamptz not null,
    decision_id uuid unique references decision (id),
    primary key (name, version),
    check ((version = 1) = (decision_id is null))
);
comment on table decision_bound is 'names end in their unit; *_bps: by how much a value may change, in 1/10,000';

grant select, insert (id, kind, subject, content, content_sha256, before, note, beneficiary_id, proposed_by, proposed_at,
    expires_at) on decision to plaudit_app;
grant select, insert on decision_seen to plaudit_app;
grant select, insert (id, person_id, other_id, note, linked_by, linked_at), update (ended_by, ended_at) on person_link
    to plaudit_app;
grant select on decision_bound to plaudit_app;
