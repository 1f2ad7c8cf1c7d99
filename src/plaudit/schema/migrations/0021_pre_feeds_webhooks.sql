-- Who is told of the log by webhooks: addresses with their secrets, what waits for them, and what came of each try.

create table webhook_endpoint (
    id uuid primary key,
    url text not null check (url ~ '^https?://' and length(url) <= 2000),
    description text not null,
    kinds text[] not null,
    platform text,
    created_at timestamptz not null,
    created_by bigint references person (id),
    told_through bigint not null check (told_through >= 0),
    lost_through bigint not null default 0,
    failures_in_a_row integer not null default 0 check (failures_in_a_row >= 0),
    failing_since timestamptz,
    rest_until timestamptz,
    paused_at timestamptz,
    pause_reason text check (pause_reason in ('operator', 'failing', 'gone')),
    removed_at timestamptz,
    check ((paused_at is null) = (pause_reason is null)),
    check ((failures_in_a_row = 0) = (failing_since is null))
);
comment on column webhook_endpoint.kinds is 'types of events; empty: all but those that are told on request only';
comment on column webhook_endpoint.platform is 'null: of people of all platforms';
comment on column webhook_endpoint.created_by is 'null: the command line';
comment on column webhook_endpoint.told_through is 'the position up to which events were put into webhook_delivery';
comment on column webhook_endpoint.lost_through is 'events up to here were forgotten before they were delivered';
create index webhook_endpoint_newest on webhook_endpoint (created_at desc, id desc) where removed_at is null;

-- Kept in full: whoever signs needs it. One has no end; one before it may have some hours left.
create table webhook_secret (
    endpoint_id uuid not null references webhook_endpoint (id),
    number integer not null check (number > 0),
    secret text not null check (secret ~ '^whsec_[A-Za-z0-9+/]{32,}={0,2}$'),
    created_at timestamptz not null,
    expires_at timestamptz,
    primary key (endpoint_id, number)
);
create unique index webhook_secret_current on webhook_secret (endpoint_id) where expires_at is null;

create table webhook_delivery (
    endpoint_id uuid not null references webhook_endpoint (id),
    position bigint not null references event (position) on delete cascade,
    subject text not null,
    state text not null default 'waiting' check (state in ('waiting', 'delivered', 'parked')),
    tries integer not null default 0 check (tries >= 0),
    due_at timestamptz not null,
    leased_until timestamptz,
    settled_at timestamptz,
    primary key (endpoint_id, position),
    check ((state = 'waiting') = (settled_at is null)),
    check (state = 'waiting' or leased_until is null)
);
create index webhook_delivery_waiting on webhook_delivery (endpoint_id, subject, position) where state = 'waiting';
create index webhook_delivery_next on webhook_delivery (endpoint_id, position) where state = 'waiting';
create index webhook_delivery_parked on webhook_delivery (endpoint_id, position) where state = 'parked';
create index webhook_delivery_of_event on webhook_delivery (position);

create table webhook_try (
    id uuid primary key,
    endpoint_id uuid not null references webhook_endpoint (id),
    position bigint,
    event_id uuid not null,
    type text not null,
    at timestamptz not null,
    duration_ms integer not null check (duration_ms >= 0),
    status integer,
    error text not null,
    answer text not null
);
comment on column webhook_try.position is 'null: a test event, which is not in the log';
comment on column webhook_try.status is 'null: there was no answer';
create index webhook_try_newest on webhook_try (endpoint_id, at desc, id desc);
create index webhook_try_by_time on webhook_try (at);

grant select, insert, update on webhook_endpoint to plaudit_app;
grant select, insert, update, delete on webhook_secret, webhook_delivery to plaudit_app;
grant select, insert, delete on webhook_try to plaudit_app;
