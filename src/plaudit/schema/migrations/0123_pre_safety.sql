-- Fraud: what people gave each other, whom the rules are to look at, what they found, cases of people who decide, and steps.

-- What one gave another on a day, whether they hid or not: for rules. It can be forgotten and summed again.
create table safety_flow (
    shard smallint not null,
    creator_id bigint not null,
    viewer_id bigint not null,
    day date not null,
    gifts bigint not null default 0 check (gifts >= 0),
    coins bigint not null default 0 check (coins >= 0),
    primary key (shard, creator_id, viewer_id, day)
) with (fillfactor = 70);
create index safety_flow_by_giver on safety_flow (viewer_id, day);
create index safety_flow_by_day on safety_flow (day);
grant select, insert, delete, update (gifts, coins) on safety_flow to plaudit_app;

-- A queue: of whom something is new that rules may see.
create table safety_due (
    person_id bigint primary key references person (id),
    since timestamptz not null,
    due_at timestamptz not null,
    tries integer not null default 0,
    leased_until timestamptz,
    failed_with text,
    error text,
    is_changed boolean not null default false
) with (fillfactor = 50);
comment on column safety_due.is_changed is 'something more is new since a worker began to look';
create index safety_due_at on safety_due (due_at);
grant select, insert, delete, update (due_at, tries, leased_until, failed_with, error, is_changed) on safety_due to plaudit_app;

-- Of whom orders and reversals are new: only added to, so that no two transactions wait for each other here.
create table safety_told (
    id bigint generated always as identity primary key,
    person_id bigint not null references person (id),
    at timestamptz not null
);
create index safety_told_of on safety_told (person_id);
grant select, insert, delete, update (at) on safety_told to plaudit_app; -- rows are locked

create table safety_case (
    id uuid primary key,
    person_id bigint not null references person (id),
    opened_at timestamptz not null,
    opened_by bigint references person (id),
    score smallint not null check (score between 0 and 100),
    assigned_to bigint references person (id),
    outcome text check (outcome in ('cleared', 'confirmed')),
    decided_by bigint references person (id),
    decided_at timestamptz check (decided_at >= opened_at),
    reason text check (reason ~ '\S' and length(reason) <= 2000),
    constraint case_is_decided_whole check (num_nulls(outcome, decided_by, decided_at, reason) in (0, 4)),
    constraint case_is_decided_by_another check (decided_by <> person_id)
);
comment on column safety_case.opened_by is 'null: rules did';
comment on column safety_case.score is 'what the rules found together, when it was opened or later';
create unique index safety_case_is_open on safety_case (person_id) where outcome is null;
create index safety_case_of_person on safety_case (person_id, opened_at desc);
create index safety_case_newest on safety_case (opened_at desc, id desc);
create index safety_case_open_newest on safety_case (opened_at desc, id desc) where outcome is null;
grant select, insert (id, person_id, opened_at, opened_by, score), update (score, assigned_to, outcome, decided_by, decided_at, reason)
    on safety_case to plaudit_app;

create table safety_finding (
    id bigint primary key generated always as identity,
    person_id bigint not null references person (id),
    rule text not null check (rule ~ '^[a-z]+(_[a-z]+)*$'),
    version integer not null check (version > 0),
    subject text not null check (subject <> ''),
    score smallint not null check (score between 1 and 100),
    sentence text not null check (sentence ~ '\S'),
    evidence jsonb not null check (jsonb_typeof(evidence) = 'array' and jsonb_array_length(evidence) > 0),
    others bigint[] not null,
    found_at timestamptz not null,
    case_id uuid references safety_case (id)
);
comment on table safety_finding is 'what a rule said of somebody, by which rows; it never changes';
comment on column safety_finding.others is 'who else is in it';
comment on column safety_finding.case_id is 'null: all that was found of them was not enough for a case';
create index safety_finding_of_person on safety_finding (person_id, found_at desc);
create index safety_finding_of_case on safety_finding (case_id) where case_id is not null;
create index safety_finding_by_others on safety_finding using gin (others);
grant select, insert (person_id, rule, version, subject, score, sentence, evidence, others, found_at, case_id), update (case_id)
    on safety_finding to plaudit_app;

create table safety_step (
    id uuid primary key,
    case_id uuid not null references safety_case (id),
    person_id bigint not null references person (id),
    kind text not null check (kind in ('slow_maturity', 'authenticate', 'cap', 'hold_payout')),
    coins_max bigint check (coins_max >= 0),
    reason text not null check (reason ~ '\S' and length(reason) <= 500),
    began_at timestamptz not null,
    ends_at timestamptz not null check (ends_at > began_at and ends_at <= began_at + interval '92 days'),
    finding_id bigint references safety_finding (id),
    taken_by bigint references person (id),
    lifted_at timestamptz check (lifted_at >= began_at),
    lifted_by bigint references person (id),
    lifted_because text check (lifted_because ~ '\S' and length(lifted_because) <= 500),
    constraint step_has_its_evidence check ((finding_id is null) <> (taken_by is null)),
    constraint step_caps check ((kind = 'cap') = (coins_max is not null)),
    constraint step_is_lifted_whole check ((lifted_at is null) = (lifted_because is null) and (lifted_by is null or lifted_at is not null))
);
comment on table safety_step is 'what is done about somebody while it is looked into; it ends by itself, and can be lifted before';
comment on column safety_step.person_id is 'of whom; not always of whom the case is: who gets what a thief gives is another';
comment on column safety_step.finding_id is 'the rule that took it; null: a person did';
create index safety_step_of_case on safety_step (case_id);
create index safety_step_by_end on safety_step (kind, ends_at) where lifted_at is null;
create index safety_step_open on safety_step (person_id, kind) where lifted_at is null;
grant select, insert, update (lifted_at, lifted_by, lifted_because) on safety_step to plaudit_app;

-- What happened to a case, in its order; notes as well. Nothing in it changes.
create table safety_entry (
    id bigint primary key generated always as identity,
    case_id uuid not null references safety_case (id),
    at timestamptz not null,
    by_id bigint references person (id),
    kind text not null check (kind in ('opened', 'finding', 'note', 'assigned', 'step', 'step_lifted', 'frozen', 'lifted', 'appeal',
        'answer', 'decided')),
    text text not null check (length(text) <= 2000),
    key_id integer default acting_key()
);
comment on column safety_entry.by_id is 'null: rules, or a worker';
create index safety_entry_of_case on safety_entry (case_id, id);
grant select, insert (case_id, at, by_id, kind, text) on safety_entry to plaudit_app;

-- Thresholds of rules (safety/rules.toml): less finds more.
insert into decision_bound (name, version, value, recorded_at) values
    ('safety_case_score', 1, 50, '2000-01-01 00:00Z'),
    ('safety_ring_coins', 1, 2000, '2000-01-01 00:00Z'),
    ('safety_shared_coins', 1, 1000, '2000-01-01 00:00Z'),
    ('safety_shared_percent', 1, 50, '2000-01-01 00:00Z'),
    ('safety_through_coins', 1, 3000, '2000-01-01 00:00Z'),
    ('safety_through_percent', 1, 50, '2000-01-01 00:00Z'),
    ('safety_new_account_coins', 1, 5000, '2000-01-01 00:00Z'),
    ('safety_testing_small_orders', 1, 8, '2000-01-01 00:00Z'),
    ('safety_taken_back_coins', 1, 2000, '2000-01-01 00:00Z'),
    ('safety_velocity_day_coins', 1, 10000, '2000-01-01 00:00Z');
