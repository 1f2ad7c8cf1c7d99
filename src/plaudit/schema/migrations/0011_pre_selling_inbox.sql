-- The inbox: messages of providers kept until they are applied, and how far what app stores took back has been asked for.

create table webhook_transition (
    from_state text not null,
    to_state text not null,
    description text not null,
    primary key (from_state, to_state)
);
insert into webhook_transition (from_state, to_state, description) values
    ('waiting', 'waiting', 'tried, and to be tried again'),
    ('waiting', 'applied', 'something changed'),
    ('waiting', 'repeated', 'known already'),
    ('waiting', 'ignored', 'of no concern'),
    ('waiting', 'problem', 'for a person to look at'),
    ('repeated', 'applied', 'replayed'),
    ('repeated', 'problem', 'replayed'),
    ('ignored', 'applied', 'replayed'),
    ('ignored', 'repeated', 'replayed'),
    ('ignored', 'problem', 'replayed'),
    ('problem', 'applied', 'replayed'),
    ('problem', 'repeated', 'replayed'),
    ('problem', 'ignored', 'replayed'),
    ('problem', 'problem', 'replayed, and still a problem');

-- Each message of a payment provider, as it came, once.
create table webhook_event (
    provider text not null,
    event_id text not null,
    kind text not null,
    received_at timestamptz not null,
    body bytea not null,
    state text default 'waiting' constraint webhook_event_outcome_not_null not null,
    detail text not null default '',
    message_id uuid not null default gen_random_uuid() unique,
    previous_state text,
    tries integer not null default 0,
    errors integer not null default 0,
    tried_at timestamptz,
    due_at timestamptz,
    primary key (provider, event_id),
    constraint webhook_state_known check (state in ('waiting', 'applied', 'repeated', 'ignored', 'problem')),
    constraint webhook_moves_on foreign key (previous_state, state) references webhook_transition (from_state, to_state),
    constraint webhook_begins_waiting check (previous_state is not null or state = 'waiting'),
    constraint webhook_waits_for_something check (due_at is not null or state <> 'waiting')
);
comment on column webhook_event.body is 'the bytes as they came; what else is needed to verify them again is not kept';
comment on column webhook_event.due_at is 'when it is to be applied, or applied again; also the lease of who is at it';
comment on column webhook_event.errors is 'tries that failed here, not at the provider; so many make it a problem';
create index webhook_event_by_time on webhook_event (received_at desc, message_id desc);
create index webhook_event_due on webhook_event (due_at) where due_at is not null;
create index webhook_event_to_look_at on webhook_event (received_at desc) where state in ('waiting', 'problem');

-- Who looked into what: a replay is written down with the person.
create table webhook_replay (
    message_id uuid not null references webhook_event (message_id),
    at timestamptz not null,
    person_id bigint not null,
    outcome text,
    primary key (message_id, at, person_id)
);
comment on column webhook_replay.outcome is 'what came of it at once; null when it was left to the job';

create table store_void_poll (
    provider text primary key,
    polled_until timestamptz,
    due_at timestamptz not null
);
comment on column store_void_poll.polled_until is 'what was taken back before this has been applied; null: nothing yet';
comment on column store_void_poll.due_at is 'when to ask again; also the lease of who is at it';

grant select on webhook_transition to plaudit_app;
grant select, insert on webhook_event, webhook_replay, store_void_poll to plaudit_app;
grant update (state, previous_state, detail, tries, errors, tried_at, due_at) on webhook_event to plaudit_app;
grant update (polled_until, due_at) on store_void_poll to plaudit_app;
