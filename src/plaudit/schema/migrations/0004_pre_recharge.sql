-- Recharge: price books, quotes, orders, payments, receipts.

-- A price book is never changed: what was quoted and paid can always be explained. A new one takes its place.
create table price_book (
    version integer primary key check (version > 0),
    effective_at timestamptz not null,
    rates_date date not null,
    note text not null,
    sources jsonb not null
);
comment on column price_book.rates_date is 'the day of the exchange rates its prices were made with';

create table price (
    version integer not null references price_book (version),
    region text not null check (region ~ '^[A-Z]{2}$'),
    channel text not null check (channel in ('web', 'apple', 'google')),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    unit_numerator bigint not null check (unit_numerator > 0),
    unit_denominator bigint not null check (unit_denominator > 0),
    step_minor bigint not null check (step_minor > 0),
    tax_name text not null check (tax_name <> ''),
    tax_rate_bps integer not null check (tax_rate_bps between 0 and 10000),
    tax_included boolean not null,
    store_fee_bps integer not null check (store_fee_bps between 0 and 10000),
    custom_amounts boolean not null,
    coins_min bigint not null check (coins_min > 0),
    coins_max bigint not null check (coins_max >= coins_min),
    primary key (version, region, channel)
);
comment on column price.unit_numerator is 'one coin costs unit_numerator / unit_denominator minor units, exactly';
comment on column price.step_minor is 'prices are rounded up to a multiple of this many minor units';
comment on column price.custom_amounts is 'whether other amounts than the packages can be bought';

create table package (
    version integer not null,
    region text not null,
    channel text not null,
    coins bigint not null check (coins > 0),
    price_minor bigint not null check (price_minor > 0),
    sort integer not null,
    primary key (version, region, channel, coins),
    foreign key (version, region, channel) references price (version, region, channel)
);

-- A quote keeps all it was made from, so that the order does not depend on what the price book says later.
create table quote (
    shard smallint not null,
    person_id bigint not null references person (id),
    quote_id uuid not null,
    request text not null,
    book_version integer not null,
    region text not null,
    region_source text not null check (region_source in ('identity', 'requested', 'default')),
    channel text not null,
    coins bigint not null check (coins > 0),
    coins_left_over bigint not null check (coins_left_over >= 0),
    unused_minor bigint not null check (unused_minor >= 0),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    net_minor bigint not null check (net_minor > 0),
    tax_minor bigint not null check (tax_minor >= 0),
    price_minor bigint not null,
    tax_name text not null,
    tax_rate_bps integer not null,
    store_fee_bps integer not null,
    created_at timestamptz not null,
    expires_at timestamptz not null check (expires_at > created_at),
    primary key (shard, person_id, quote_id),
    foreign key (book_version, region, channel) references price (version, region, channel),
    constraint quote_adds_up check (net_minor + tax_minor = price_minor)
);
comment on column quote.request is 'what was asked, as canonical JSON: the same id with another request is a conflict';
comment on column quote.coins_left_over is 'coins beyond those that were missing, because fewer cannot be bought';
comment on column quote.unused_minor is 'what of the offered money the coins do not cost';
create index quote_by_expiry on quote (expires_at);

create table order_transition (
    from_state text not null,
    to_state text not null,
    description text not null,
    primary key (from_state, to_state)
);
insert into order_transition (from_state, to_state, description) values
    ('created', 'pending', 'the provider made a checkout'),
    ('created', 'paid', 'the provider''s news came before its answer'),
    ('created', 'declined', 'the provider''s news came before its answer'),
    ('created', 'expired', 'the provider could not be reached in time'),
    ('pending', 'paid', 'the buyer paid'),
    ('pending', 'declined', 'the payment was declined'),
    ('pending', 'expired', 'the buyer did not pay in time'),
    ('declined', 'paid', 'money was taken after all'),
    ('expired', 'paid', 'money was taken after all');

create table recharge_order (
    shard smallint not null,
    order_id uuid not null,
    person_id bigint not null,
    quote_id uuid not null,
    provider text not null,
    return_url text not null,
    state text not null default 'created'
        check (state in ('created', 'pending', 'paid', 'declined', 'expired')),
    previous_state text,
    payment_id text,
    checkout_url text,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    expires_at timestamptz not null,
    poll_at timestamptz,
    polls integer not null default 0,
    primary key (shard, order_id),
    constraint order_moves_on foreign key (previous_state, state) references order_transition (from_state, to_state),
    constraint order_begins_created check (previous_state is not null or state = 'created'),
    constraint order_is_polled_while_open check ((poll_at is not null) = (state in ('created', 'pending'))),
    constraint quote_ordered_once unique (shard, person_id, quote_id),
    foreign key (shard, person_id, quote_id) references quote (shard, person_id, quote_id)
) with (fillfactor = 70);
create index recharge_order_by_person on recharge_order (shard, person_id, order_id);
create unique index payment_pays_one_order on recharge_order (shard, provider, payment_id);
create index recharge_order_to_poll on recharge_order (poll_at) where poll_at is not null;

-- Receipts are numbered per seller and shard without gaps: the counter's row is locked until the receipt is committed.
create table receipt_counter (
    shard smallint not null,
    seller_code text not null check (seller_code ~ '^[A-Z0-9]{1,20}$'),
    last_number bigint not null,
    primary key (shard, seller_code)
);

create table receipt (
    shard smallint not null,
    order_id uuid not null,
    person_id bigint not null,
    seller_code text not null,
    number bigint not null check (number > 0),
    seller_name text not null,
    seller_address text not null,
    issued_at timestamptz not null,
    paid_at timestamptz not null,
    primary key (shard, order_id),
    unique (shard, seller_code, number),
    foreign key (shard, order_id) references recharge_order (shard, order_id)
);

-- Each message of a payment provider, as it came, once.
create table webhook_event (
    provider text not null,
    event_id text not null,
    kind text not null,
    received_at timestamptz not null,
    body text not null,
    outcome text not null check (outcome in ('applied', 'repeated', 'ignored', 'problem')),
    detail text not null,
    primary key (provider, event_id)
);
create index webhook_event_by_time on webhook_event (received_at desc);

-- What somebody of the platform has to look at: money that came otherwise than it was ordered.
create table payment_problem (
    shard smallint not null,
    order_id uuid not null,
    kind text not null check (kind in ('amount_differs', 'paid_late', 'paid_twice')),
    payment_id text not null,
    expected_minor bigint not null,
    expected_currency text not null,
    paid_minor bigint not null,
    paid_currency text not null,
    credited boolean not null,
    noticed_at timestamptz not null,
    resolved_at timestamptz,
    resolution text,
    primary key (shard, order_id, kind, payment_id),
    foreign key (shard, order_id) references recharge_order (shard, order_id),
    check ((resolved_at is null) = (resolution is null))
);
create index payment_problem_open on payment_problem (noticed_at) where resolved_at is null;

-- Orders with what was quoted, and whether somebody has to look at their payment.
create view order_with_quote as
    select o.shard, o.order_id, o.person_id, o.quote_id, o.provider, o.return_url, o.state, o.payment_id, o.checkout_url,
        o.created_at, o.changed_at, o.expires_at, o.polls, q.channel, q.region, q.coins, q.currency, q.net_minor,
        q.tax_minor, q.price_minor, q.tax_name, q.tax_rate_bps, q.store_fee_bps,
        exists (
            select from payment_problem p
            where p.shard = o.shard and p.order_id = o.order_id and p.resolved_at is null and not p.credited
        ) as needs_review
    from recharge_order o join quote q using (shard, person_id, quote_id);

grant select on order_transition, order_with_quote to plaudit_app;
grant select, insert on price_book, price, package, receipt, webhook_event to plaudit_app;
grant select, insert, delete on quote to plaudit_app;
grant select, insert on recharge_order, payment_problem to plaudit_app;
grant update (state, previous_state, payment_id, checkout_url, changed_at, poll_at, polls) on recharge_order to plaudit_app;
grant update (resolved_at, resolution) on payment_problem to plaudit_app;
grant select, insert, update on receipt_counter to plaudit_app;
