-- What app stores must be told once coins are given, and how far what they took back has been asked for.

-- A store that is not told in time that a purchase was given takes it back, and does not sell the product again before.
create table store_finishing (
    shard smallint not null,
    order_id uuid not null,
    provider text not null,
    payment_id text not null,
    enqueued_at timestamptz not null,
    state text not null default 'waiting' check (state in ('waiting', 'finished', 'missed')),
    due_at timestamptz,
    tries integer not null default 0,
    error text not null default '',
    closed_at timestamptz,
    primary key (shard, order_id),
    foreign key (shard, order_id) references recharge_order (shard, order_id),
    constraint finishing_is_due_while_waiting check ((due_at is not null) = (state = 'waiting')),
    constraint finishing_is_closed_once check ((closed_at is null) = (state = 'waiting'))
);
comment on column store_finishing.due_at is 'when the store is to be told, or told again; also the lease of who is at it';
create index store_finishing_due on store_finishing (due_at) where due_at is not null;
create index store_finishing_open on store_finishing (enqueued_at, order_id, shard) where state <> 'finished';

create table store_void_poll (
    provider text primary key,
    polled_until timestamptz,
    due_at timestamptz not null
);
comment on column store_void_poll.polled_until is 'what was taken back before this has been applied; null: nothing yet';
comment on column store_void_poll.due_at is 'when to ask again; also the lease of who is at it';

insert into payment_problem_kind (kind, description) values
    ('not_finished', 'the store was not told that the coins were given, and takes the purchase back');

grant select, insert on store_finishing, store_void_poll to plaudit_app;
grant update (state, due_at, tries, error, closed_at) on store_finishing to plaudit_app;
grant update (polled_until, due_at) on store_void_poll to plaudit_app;
