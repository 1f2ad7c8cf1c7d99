-- Quotes and orders: what was offered, what became of its payment, and what app stores must be told once coins are given.

-- A quote keeps all it was made from, so that the order does not depend on what the price book says later.
-- Quotes are signed, so that one that was altered where it is kept is worth nothing.
create table quote (
    shard smallint not null,
    person_id bigint not null references person (id),
    quote_id uuid not null,
    request text not null,
    book_version integer not null,
    region text not null,
    region_source text not null
        check (region_source in ('identity', 'requested', 'default', 'card', 'network', 'store_front')),
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
    signature text not null default '',
    decision_id uuid,
    primary key (shard, person_id, quote_id),
    foreign key (book_version, region, channel) references price (version, region, channel),
    constraint quote_rests_on_decision
        foreign key (shard, decision_id) references region_decision (shard, decision_id),
    constraint quote_adds_up check (net_minor + tax_minor = price_minor)
);
comment on column quote.request is 'what was asked, as canonical JSON: the same id with another request is a conflict';
comment on column quote.coins_left_over is 'coins beyond those that were missing, because fewer cannot be bought';
comment on column quote.unused_minor is 'what of the offered money the coins do not cost';
comment on column quote.signature is 'HMAC-SHA256 over all other fields';
comment on column quote.decision_id is 'why it has the prices of its region; null before decisions were kept';
create index quote_by_expiry on quote (expires_at);
create index quote_by_decision on quote (shard, decision_id) where decision_id is not null;

create table quote_key (
    only_row boolean primary key default true check (only_row),
    key bytea not null check (length(key) >= 32)
);
comment on table quote_key is
    'the key quotes are signed with when the settings name none; made once, shared by all processes';

create table order_transition (
    from_state text not null,
    to_state text not null,
    description text not null,
    primary key (from_state, to_state)
);
insert into order_transition (from_state, to_state, description) values
    ('created', 'pending', 'the provider made a checkout'),
    ('created', 'authorised', 'the buyer agreed, and the money is to be taken'),
    ('created', 'refused', 'the buyer agreed, and the money is not to be taken'),
    ('created', 'paid', 'the provider''s news came before its answer'),
    ('created', 'declined', 'the provider''s news came before its answer'),
    ('created', 'expired', 'the provider could not be reached in time'),
    ('pending', 'authorised', 'the buyer agreed, and the money is to be taken'),
    ('pending', 'refused', 'the buyer agreed, and the money is not to be taken'),
    ('pending', 'paid', 'the buyer paid'),
    ('pending', 'declined', 'the payment was declined'),
    ('pending', 'expired', 'the buyer did not pay in time'),
    ('declined', 'authorised', 'the buyer agreed after all'),
    ('declined', 'refused', 'the buyer agreed after all, and the money is not to be taken'),
    ('declined', 'paid', 'money was taken after all'),
    ('expired', 'authorised', 'the buyer agreed after all'),
    ('expired', 'refused', 'the buyer agreed after all, and the money is not to be taken'),
    ('expired', 'paid', 'money was taken after all'),
    ('authorised', 'paid', 'the money was taken'),
    ('authorised', 'declined', 'the money could not be taken'),
    ('authorised', 'expired', 'the money was not reserved long enough');

create table recharge_order (
    shard smallint not null,
    order_id uuid not null,
    person_id bigint not null,
    quote_id uuid not null,
    provider text not null,
    return_url text not null,
    state text not null default 'created',
    previous_state text,
    payment_id text,
    checkout_url text,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    expires_at timestamptz not null,
    poll_at timestamptz,
    polls integer not null default 0,
    paid_minor bigint check (paid_minor > 0),
    paid_currency text check (paid_currency ~ '^[A-Z]{3}$'),
    paid_net_minor bigint check (paid_net_minor >= 0),
    paid_tax_minor bigint check (paid_tax_minor >= 0),
    quantity integer not null default 1 check (quantity between 1 and 100),
    processing_since timestamptz,
    locale text not null default 'en' check (locale ~ '^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$'),
    primary key (shard, order_id),
    constraint order_state_known
        check (state in ('created', 'pending', 'authorised', 'paid', 'declined', 'expired', 'refused')),
    constraint order_moves_on foreign key (previous_state, state) references order_transition (from_state, to_state),
    constraint order_begins_created check (previous_state is not null or state = 'created'),
    constraint order_is_polled_while_open check ((poll_at is not null) = (state in ('created', 'pending'))),
    constraint order_paid_adds_up check (paid_net_minor + paid_tax_minor = paid_minor),
    constraint order_paid_is_whole
        check (num_nulls(paid_minor, paid_currency, paid_net_minor, paid_tax_minor) in (0, 4)),
    constraint quote_ordered_once unique (shard, person_id, quote_id),
    foreign key (shard, person_id, quote_id) references quote (shard, person_id, quote_id)
) with (fillfactor = 70);
comment on column recharge_order.paid_minor is 'what a store was paid, where it is not what was quoted';
comment on column recharge_order.quantity is 'how many times the quote was bought: stores sell several units at once';
comment on column recharge_order.processing_since is
    'since when the provider says that the buyer has done everything and the money is on its way; null: it does not';
comment on column recharge_order.locale is 'what the checkout is written in';
create index recharge_order_by_person on recharge_order (shard, person_id, order_id);
create unique index payment_pays_one_order on recharge_order (shard, provider, payment_id);
create index recharge_order_to_poll on recharge_order (poll_at) where poll_at is not null;

-- A decision about a payment names its order, an order's quote the decision it rests on: one of the two comes later.
alter table region_decision add foreign key (shard, order_id) references recharge_order (shard, order_id);

-- What was decided about an authorised payment: to take it, or to let it go. It is a queue until it is carried out.
-- The checkout of an order that is over is called off ('expire'): payments do not end by themselves at every provider.
-- Whoever agreed before that is judged as ever, so this decision alone may be replaced by another.
create table payment_decision (
    shard smallint not null,
    order_id uuid not null,
    payment_id text not null,
    outcome text not null,
    region text,
    reasons text[] not null,
    decided_at timestamptz not null,
    due_at timestamptz,
    tries integer not null default 0,
    error text,
    carried_out_at timestamptz,
    primary key (shard, order_id, payment_id),
    foreign key (shard, order_id) references recharge_order (shard, order_id),
    constraint decision_outcome_known check (outcome in ('capture', 'reprice', 'ask', 'refuse', 'expire')),
    constraint decision_is_carried_out_once check (due_at is null or carried_out_at is null)
);
comment on column payment_decision.region is 'whose price is the right one';
create index payment_decision_due on payment_decision (due_at) where due_at is not null;

create table payment_problem_kind (
    kind text primary key,
    description text not null
);
insert into payment_problem_kind (kind, description) values
    ('amount_differs', 'paid other than ordered, and not credited'),
    ('paid_late', 'paid after the order was over'),
    ('paid_twice', 'paid a second time'),
    ('price_differs', 'a store was paid another price for the coins that were ordered'),
    ('fraud_warning', 'the card''s network believes it was fraud'),
    ('capture_contradiction', 'taken although it was to be let go, or not taken although it was to be'),
    ('not_carried_out', 'a payment could not be taken or let go for a long time'),
    ('not_finished', 'the store was not told that the coins were given, and takes the purchase back'),
    ('excess_dispute', 'more is disputed than was paid'),
    ('excess_reversal', 'more goes back than is left of the order'),
    ('reversal_differs', 'a reversal is otherwise than it was asked for or said before');

-- What somebody of the platform has to look at: money that came otherwise than it was ordered.
create table payment_problem (
    shard smallint not null,
    order_id uuid not null,
    kind text not null,
    payment_id text not null,
    expected_minor bigint not null,
    expected_currency text not null,
    paid_minor bigint not null,
    paid_currency text not null,
    credited boolean not null,
    noticed_at timestamptz not null,
    resolved_at timestamptz,
    resolution text,
    problem_id uuid not null default gen_random_uuid(),
    detail text not null default '',
    resolved_by bigint,
    primary key (shard, order_id, kind, payment_id),
    foreign key (shard, order_id) references recharge_order (shard, order_id),
    constraint payment_problem_kind_known foreign key (kind) references payment_problem_kind (kind),
    constraint payment_problem_is_resolved_with_words check (length(resolution) between 1 and 1000),
    check ((resolved_at is null) = (resolution is null))
);
create index payment_problem_open on payment_problem (noticed_at) where resolved_at is null;
create unique index payment_problem_by_id on payment_problem (shard, problem_id);
create index payment_problem_by_time on payment_problem (noticed_at desc, problem_id desc);

-- Orders with what was quoted, and whether somebody has to look at their payment.
create view order_with_quote as
    select o.shard, o.order_id, o.person_id, o.quote_id, o.provider, o.return_url, o.state, o.payment_id, o.checkout_url,
        o.created_at, o.changed_at, o.expires_at, o.polls, q.channel, q.region, q.coins * o.quantity as coins,
        coalesce(o.paid_currency, q.currency) as currency,
        coalesce(o.paid_net_minor, q.net_minor * o.quantity) as net_minor,
        coalesce(o.paid_tax_minor, q.tax_minor * o.quantity) as tax_minor,
        coalesce(o.paid_minor, q.price_minor * o.quantity) as price_minor,
        q.tax_name, q.tax_rate_bps, q.store_fee_bps,
        exists (
            select from payment_problem p
            where p.shard = o.shard and p.order_id = o.order_id and p.resolved_at is null and not p.credited
                and p.paid_minor > 0
        ) as needs_review,
        case when d.outcome <> 'capture' then d.outcome end as refusal,
        case when d.outcome <> 'capture' then d.reasons end as refusal_reasons,
        case when d.outcome <> 'capture' then d.region end as refusal_region,
        o.quantity, o.processing_since, o.locale
    from recharge_order o
    join quote q using (shard, person_id, quote_id)
    left join payment_decision d
        on d.shard = o.shard and d.order_id = o.order_id and d.payment_id = o.payment_id and o.state = 'refused';

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

grant select on order_transition, payment_problem_kind, order_with_quote to plaudit_app;
grant select, insert, delete on quote to plaudit_app;
grant select, insert on quote_key, recharge_order, payment_decision, payment_problem, store_finishing to plaudit_app;
grant update (state, previous_state, payment_id, checkout_url, changed_at, poll_at, polls, paid_minor, paid_currency,
    paid_net_minor, paid_tax_minor, quantity, processing_since) on recharge_order to plaudit_app;
grant update (outcome, region, reasons, decided_at, due_at, tries, error, carried_out_at) on payment_decision to plaudit_app;
grant update (resolved_at, resolution, resolved_by) on payment_problem to plaudit_app;
grant update (state, due_at, tries, error, closed_at) on store_finishing to plaudit_app;
