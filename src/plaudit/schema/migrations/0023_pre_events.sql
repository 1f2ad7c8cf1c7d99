-- The log of events: what a host platform must know, in one order that everybody sees; and who is told it by webhooks.

-- Written in the transaction of what happened. Transactions do not commit in the order of these numbers, so nobody reads
-- it but who moves it into the log. Of one subject they do: whoever changes it holds its lock until the commit.
create table event_waiting (
    number bigint generated always as identity primary key,
    id uuid not null unique,
    type text not null check (type ~ '^[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*$'),
    at timestamptz not null,
    subject text not null check (length(subject) between 3 and 100),
    platform text not null,
    data json not null check (json_typeof(data) = 'object')
);
comment on column event_waiting.platform is 'the issuer of the person it is about';

-- Positions have no gaps, and one that is seen has everything before it: one at a time gives them, under the row of
-- event_log.
create table event (
    position bigint primary key check (position > 0),
    id uuid not null unique,
    type text not null,
    at timestamptz not null,
    subject text not null,
    platform text not null,
    data json not null
);

create table event_log (
    singleton boolean primary key default true check (singleton),
    last bigint not null default 0,
    forgotten_through bigint not null default 0 check (forgotten_through >= 0),
    gifts_wanted_until timestamptz,
    gifts_since timestamptz,
    check (forgotten_through <= last)
) with (fillfactor = 50);
comment on column event_log.gifts_wanted_until is 'until then gifts are copied into the log: somebody follows them';
comment on column event_log.gifts_since is 'since when they are; null: they are not';
insert into event_log default values;

-- How far gifts have been copied out of deliveries and frames, and the combos whose end was not told.
create table event_delivery_stream (
    shard smallint not null,
    source_shard smallint not null,
    through_batch_no bigint not null,
    primary key (shard, source_shard)
) with (fillfactor = 50);
create table event_room (
    shard smallint not null,
    room_id bigint not null,
    seq bigint not null,
    primary key (shard, room_id)
) with (fillfactor = 50);
create table event_combo (
    combo_id uuid primary key,
    shard smallint not null,
    room_id bigint not null,
    creator_id bigint not null,
    viewer_id bigint not null,
    item_id integer not null,
    count bigint not null check (count > 0),
    coins bigint not null check (coins > 0),
    gifts bigint not null check (gifts > 0),
    last_at timestamptz not null
) with (fillfactor = 70);
create index event_combo_by_end on event_combo (last_at);

-- A server may name somebody long before they come: the row alone says nothing of that.
alter table person add first_signed_in_at timestamptz;
update person set first_signed_in_at = created_at;
comment on column person.first_signed_in_at is 'null: named by a server, never here themselves';

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

grant select, insert, delete on event_waiting, event, webhook_try to plaudit_app;
grant select, update on event_log to plaudit_app;
grant select, insert, update, delete on event_delivery_stream, event_room, event_combo, webhook_secret, webhook_delivery
    to plaudit_app;
grant select, insert, update on webhook_endpoint to plaudit_app;
