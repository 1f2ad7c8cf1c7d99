-- What the sandbox remembers (SQLite).

create table if not exists object (
    id text primary key,
    kind text not null,
    body text not null
);

-- An idempotency key, the hash of the request it came with, and the object that request made.
create table if not exists idempotency (
    key text primary key,
    request_hash blob not null,
    object_id text not null references object (id)
);

-- Webhooks to be sent. A copy of an event is a row of its own, with the same event_id.
create table if not exists message (
    id integer primary key,
    event_id text not null,
    url text not null,
    body text not null,
    due_ms integer not null,
    attempts integer not null default 0,
    state text not null default 'waiting' check (state in ('waiting', 'sent', 'given_up'))
);
create index if not exists message_due on message (due_ms) where state = 'waiting';

-- What is to happen to an object later.
create table if not exists timer (
    id integer primary key,
    due_ms integer not null,
    action text not null,
    object_id text not null references object (id)
);
create index if not exists timer_due on timer (due_ms);

-- When an object was made, so that a shop can list what there is of a time.
create table if not exists made (
    object_id text primary key references object (id),
    kind text not null,
    made_ms integer not null
);
create index if not exists made_by_time on made (kind, made_ms, object_id);

-- What is about a checkout: its refunds, disputes and warnings.
create table if not exists about (
    checkout_id text not null references object (id),
    kind text not null,
    object_id text not null references object (id),
    primary key (checkout_id, kind, object_id)
);
