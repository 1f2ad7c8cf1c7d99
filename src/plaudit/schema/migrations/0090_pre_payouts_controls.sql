-- Controls of payouts: how much goes out how fast, whose account it is, and what a source says of whom it is paid to.

alter table payout_method
    add column account_fingerprint bytea constraint payout_method_account_fingerprint_check check (length(account_fingerprint) = 32),
    add column name_match text constraint payout_method_name_match_check
        check (name_match in ('match', 'close', 'mismatch', 'unknown')),
    add column name_compared_at timestamptz,
    add constraint payout_method_name_was_compared check ((name_match is null) = (name_compared_at is null));
comment on column payout_method.account_fingerprint is
    'of the account, by a key that the database does not have: the same for one account, whoever names it; null: not made yet';
comment on column payout_method.name_match is 'its holder''s name against the one that is vouched for; null: not compared yet';
create index payout_method_by_fingerprint on payout_method (account_fingerprint) where account_fingerprint is not null;
create index payout_method_without_fingerprint on payout_method (shard, id) where account_fingerprint is null;
grant update (account_fingerprint, name_match, name_compared_at) on payout_method to plaudit_app;

create index payout_event_approved_at on payout_event (at) where to_state = 'approved';

-- How much may be agreed to before a person looks at it with that in mind: a person's accounts count together.
insert into decision_bound (name, version, value, recorded_at) values
    ('payout_person_day_count', 1, 5, now()),
    ('payout_person_day_diamonds', 1, 200000, now()),
    ('payout_person_week_count', 1, 15, now()),
    ('payout_person_week_diamonds', 1, 600000, now()),
    ('payout_account_week_creators', 1, 1, now()),
    ('payout_account_week_diamonds', 1, 600000, now()),
    ('payout_new_creator_diamonds', 1, 100000, now()),
    ('payout_new_creator_window_s', 1, 1209600, now()),
    ('payout_house_day_diamonds', 1, 10000000, now()),
    ('screening_alone_diamonds', 1, 20000, now());

-- What stopped a payout, and a person let pass, up to a figure.
create table payout_pass (
    shard smallint not null,
    payout_id uuid not null,
    control text not null check (control ~ '^[a-z]+(_[a-z]+)*$'),
    figure bigint not null,
    reason text not null check (reason ~ '\S'),
    passed_by bigint not null,
    passed_at timestamptz not null,
    primary key (shard, payout_id, control, figure),
    foreign key (shard, payout_id) references payout (shard, id)
);
comment on column payout_pass.figure is 'what was seen: what grows beyond it stops again';
grant select, insert on payout_pass to plaudit_app;

-- What somebody is called, as whoever knows them vouches.
create table vouched_name (
    shard smallint not null,
    creator_id bigint not null,
    sealed_name bytea not null,
    vouched_at timestamptz not null,
    key_id integer default acting_key(),
    primary key (shard, creator_id)
);
comment on column vouched_name.sealed_name is 'by the vault';
comment on column vouched_name.key_id is 'with which their platform''s server vouched';
grant select, insert, update (sealed_name, vouched_at, key_id) on vouched_name to plaudit_app;

-- Whether accounts are screened before they are paid to, as the settings said from then on.
create table screening_rule (
    id integer generated always as identity primary key,
    provider text,
    age_max_s integer check (age_max_s > 0),
    identity boolean not null default false,
    set_at timestamptz not null,
    check ((provider is null) = (age_max_s is null))
);
comment on column screening_rule.provider is 'who is asked; null: nobody, and nothing is held back for it';
comment on column screening_rule.identity is 'whether the source must say that it knows who they are';
grant select, insert on screening_rule to plaudit_app;

-- One asking of a source about whom an account is of; the newest counts. It may change its mind.
create table screening (
    id uuid primary key,
    shard smallint not null,
    creator_id bigint not null,
    method_id uuid not null,
    provider text not null,
    asked_at timestamptz not null,
    outcome text check (outcome in ('clear', 'potential_match', 'pending')),
    identity text check (identity in ('verified', 'unverified', 'unknown')),
    answered_at timestamptz,
    reference text,
    due_at timestamptz,
    leased_until timestamptz,
    tries integer not null default 0,
    failed_with text,
    last_error text,
    foreign key (shard, method_id) references payout_method (shard, id),
    check ((outcome is null) = (answered_at is null) and (outcome is null) = (identity is null))
) with (fillfactor = 50);
comment on column screening.answered_at is 'since when it says what it says';
comment on column screening.due_at is 'when the source is asked, or asked again; null: its word stands until it tells of another';
create index screening_of_method on screening (shard, method_id, asked_at desc);
create index screening_due on screening (due_at) where due_at is not null;
create index screening_matched on screening (answered_at) where outcome = 'potential_match';
grant select, insert, update (outcome, identity, answered_at, reference, due_at, leased_until, tries, failed_with, last_error)
    on screening to plaudit_app;

-- Each word a source ever said.
create table screening_word (
    screening_id uuid not null references screening (id),
    said_at timestamptz not null,
    outcome text not null,
    identity text not null,
    primary key (screening_id, said_at)
);
grant select, insert on screening_word to plaudit_app;

-- What operators decide of a potential match: that it is somebody else, or that it is them.
create table screening_decision (
    screening_id uuid not null,
    said_at timestamptz not null,
    verdict text not null check (verdict in ('somebody_else', 'is_them')),
    reason text not null check (reason ~ '\S'),
    decided_by bigint not null,
    decided_at timestamptz not null,
    decision_id uuid unique references decision (id),
    primary key (screening_id, said_at),
    foreign key (screening_id, said_at) references screening_word (screening_id, said_at)
);
comment on column screening_decision.said_at is 'the word that was decided of: another one is another case';
grant select, insert on screening_decision to plaudit_app;
