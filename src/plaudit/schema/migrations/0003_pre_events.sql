-- The log of events: what a host platform must know, in one order that everybody sees.

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

grant select, insert, delete on event_waiting, event to plaudit_app;
grant select, update on event_log to plaudit_app;
