-- Purchases in app stores: each transaction of a store once in the whole house, and what stores ask about their use.

-- A store's transaction gives coins once, whoever brings it. One that cannot be given to somebody for certain is held.
create table store_transaction (
    id uuid not null default gen_random_uuid() unique,
    provider text not null,
    environment text not null,
    transaction_id text not null,
    state text not null check (state in ('held', 'claimed', 'closed')),
    hold_reason text,
    shard smallint,
    order_id uuid,
    account_token text not null,
    product_id text not null,
    quantity integer not null check (quantity > 0),
    coins bigint not null check (coins > 0),
    amount_minor bigint not null check (amount_minor >= 0),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    presented_by bigint references person (id),
    noticed_at timestamptz not null,
    changed_at timestamptz not null,
    resolved_by bigint references person (id),
    resolution text check (length(resolution) between 1 and 1000),
    primary key (provider, environment, transaction_id),
    foreign key (shard, order_id) references recharge_order (shard, order_id),
    constraint transaction_claimed_by_order check ((state = 'claimed') = (order_id is not null and shard is not null)),
    constraint transaction_held_for_reason check (state <> 'held' or hold_reason is not null),
    constraint transaction_closed_with_words check (state <> 'closed' or resolution is not null)
);
comment on column store_transaction.presented_by is 'who brought it first; null when the store itself told of it';
create unique index store_transaction_pays_one_order on store_transaction (shard, order_id) where order_id is not null;
create index store_transaction_by_state on store_transaction (state, noticed_at desc, id desc);

-- Whether a buyer agrees that a store is told how much of a purchase was used. The latest word counts.
create table store_consent (
    id bigint generated always as identity primary key,
    person_id bigint not null references person (id),
    changed_at timestamptz not null,
    given boolean not null
);
create index store_consent_latest on store_consent (person_id, id desc);

-- A store asks how much of a purchase was used, before it decides on a refund. The queue of answers and their record.
create table consumption_request (
    id uuid not null default gen_random_uuid() unique,
    provider text not null,
    request_id text not null,
    shard smallint not null,
    order_id uuid not null,
    payment_id text not null,
    reason text not null,
    noticed_at timestamptz not null,
    answer_until timestamptz not null,
    state text not null default 'waiting' check (state in ('waiting', 'answered', 'no_consent', 'refused', 'missed')),
    due_at timestamptz,
    tries integer not null default 0,
    error text not null default '',
    consumed_ppm integer check (consumed_ppm between 0 and 1000000),
    closed_at timestamptz,
    primary key (provider, request_id),
    foreign key (shard, order_id) references recharge_order (shard, order_id),
    constraint request_is_due_while_waiting check ((due_at is not null) = (state = 'waiting')),
    constraint request_is_closed_once check ((closed_at is null) = (state = 'waiting')),
    constraint request_answered_with_share check (state <> 'answered' or consumed_ppm is not null)
);
comment on column consumption_request.due_at is 'when it is to be answered, or tried again; also the lease of who is at it';
create index consumption_request_due on consumption_request (due_at) where due_at is not null;
create index consumption_request_by_time on consumption_request (noticed_at desc, id desc);

grant select, insert on store_transaction, store_consent, consumption_request to plaudit_app;
grant update (state, hold_reason, shard, order_id, presented_by, changed_at, resolved_by, resolution)
    on store_transaction to plaudit_app;
grant update (state, due_at, tries, error, consumed_ppm, closed_at) on consumption_request to plaudit_app;
