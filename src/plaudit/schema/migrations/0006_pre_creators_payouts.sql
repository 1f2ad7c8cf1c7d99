-- Creators and payouts: reward rules and conversions; payout rates, terms, methods and quotes; payouts and their states.
-- What belongs to one creator is kept with the creator's shard; rules, rates and terms are the same everywhere.

-- Rewards.

-- diamonds = floor(coins * numerator / denominator). A rule is never changed: a newer one takes over when it takes effect.
create table reward_rule (
    version integer primary key check (version > 0),
    numerator bigint not null check (numerator between 1 and 1000000000),
    denominator bigint not null check (denominator between 1 and 1000000000),
    maturity_s integer not null check (maturity_s >= 0),
    coins_min bigint not null check (coins_min > 0),
    effective_at timestamptz not null,
    recorded_at timestamptz not null,
    recorded_by bigint,
    note text not null
);
comment on column reward_rule.maturity_s is 'how long diamonds stay pending';
comment on column reward_rule.coins_min is 'the smallest conversion';
comment on column reward_rule.recorded_by is 'the operator; null: it came with the house';
insert into reward_rule (version, numerator, denominator, maturity_s, coins_min, effective_at, recorded_at, note) values
    (1, 1, 1, 604800, 1, '2000-01-01 00:00Z', '2000-01-01 00:00Z', 'one diamond a coin, available after seven days');

-- One row a creator, and the lock under which a creator's conversions and payouts are decided one after another.
create table creator_setting (
    shard smallint not null,
    creator_id bigint not null,
    automatic_conversion boolean not null default false,
    primary key (shard, creator_id)
) with (fillfactor = 50);
create index creator_setting_automatic on creator_setting (creator_id) where automatic_conversion;

-- coins_requested is null when all of the gift balance was asked for; coins is what made whole diamonds.
create table conversion (
    shard smallint not null,
    id uuid not null,
    creator_id bigint not null,
    coins_requested bigint check (coins_requested > 0),
    coins bigint not null check (coins > 0),
    diamonds bigint not null check (diamonds > 0),
    rule_version integer not null references reward_rule (version),
    converted_at timestamptz not null,
    matures_at timestamptz not null check (matures_at >= converted_at),
    matured_at timestamptz check (matured_at >= matures_at),
    primary key (shard, id),
    check (coins <= coins_requested)
) with (fillfactor = 80);
create index conversion_by_creator on conversion (shard, creator_id, converted_at desc, id desc);
create index conversion_to_mature on conversion (matures_at) where matured_at is null;

-- Payouts: what a diamond is worth, and on what terms it is paid.

-- Minor units of the currency for one diamond, as a fraction. source says where the figure is from.
create table payout_rate (
    version integer primary key check (version > 0),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    numerator bigint not null check (numerator > 0),
    denominator bigint not null check (denominator > 0),
    source text not null check (source in ('house', 'reference', 'operator')),
    source_note text not null,
    effective_at timestamptz not null,
    recorded_at timestamptz not null,
    recorded_by bigint,
    check ((source = 'operator') = (recorded_by is not null))
);
comment on column payout_rate.source is
    'house: came with Plaudit; reference: the house rate in US dollars at a reference rate of the ECB; operator: decided by one';
create index payout_rate_by_currency on payout_rate (currency, effective_at desc, version desc);
insert into payout_rate (version, currency, numerator, denominator, source, source_note, effective_at, recorded_at) values
    (1, 'USD', 1, 2, 'house', 'US$0.005 a diamond', '2000-01-01 00:00Z', '2000-01-01 00:00Z');

-- Fee = fee_fixed_minor of its own currency, at the payout rates of the two, + fee_bps of the gross amount.
create table payout_terms (
    version integer primary key check (version > 0),
    method_kind text not null check (method_kind in ('bank_account')),
    fee_fixed_minor bigint not null check (fee_fixed_minor >= 0),
    fee_fixed_currency text not null check (fee_fixed_currency ~ '^[A-Z]{3}$'),
    fee_bps integer not null check (fee_bps between 0 and 10000),
    diamonds_min bigint not null check (diamonds_min > 0),
    diamonds_per_day_max bigint not null check (diamonds_per_day_max >= diamonds_min),
    effective_at timestamptz not null,
    recorded_at timestamptz not null,
    recorded_by bigint,
    note text not null
);
comment on column payout_terms.diamonds_min is 'the threshold of one payout';
comment on column payout_terms.diamonds_per_day_max is 'what one creator can request in a day of UTC';
insert into payout_terms (version, method_kind, fee_fixed_minor, fee_fixed_currency, fee_bps, diamonds_min,
    diamonds_per_day_max, effective_at, recorded_at, note) values
    (1, 'bank_account', 25, 'USD', 50, 2000, 200000, '2000-01-01 00:00Z', '2000-01-01 00:00Z',
        'from US$10 a payout to US$1,000 a day; US$0.25 and 0.5 %');

-- Where a creator is paid. A method that was used stays, archived; its account is shown masked.
create table payout_method (
    shard smallint not null,
    id uuid not null,
    creator_id bigint not null,
    provider text not null,
    kind text not null check (kind in ('bank_account')),
    holder_name text not null,
    country text not null check (country ~ '^[A-Z]{2}$'),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    iban text,
    bank_code text,
    account_number text,
    created_at timestamptz not null,
    archived_at timestamptz,
    primary key (shard, id),
    check ((iban is null) = (bank_code is not null and account_number is not null))
);
create index payout_method_by_creator on payout_method (shard, creator_id, created_at desc, id desc);

create table payout_quote (
    shard smallint not null,
    id uuid not null,
    creator_id bigint not null,
    method_id uuid not null,
    diamonds bigint not null check (diamonds > 0),
    rate_version integer not null references payout_rate (version),
    terms_version integer not null references payout_terms (version),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    gross_minor bigint not null check (gross_minor > 0),
    fee_minor bigint not null check (fee_minor >= 0),
    net_minor bigint not null check (net_minor > 0),
    quoted_at timestamptz not null,
    expires_at timestamptz not null check (expires_at > quoted_at),
    primary key (shard, id),
    foreign key (shard, method_id) references payout_method (shard, id),
    check (gross_minor = fee_minor + net_minor)
);

create table payout_state (
    state text primary key,
    description text not null
);
insert into payout_state (state, description) values
    ('requested', 'the creator asked for it; an operator decides'),
    ('approved', 'an operator agreed; it waits to be sent'),
    ('sent', 'the provider has it'),
    ('paid', 'the money arrived'),
    ('failed', 'the provider could not pay it; the diamonds are available again'),
    ('returned', 'the money came back after it had arrived; the diamonds are available again'),
    ('refused', 'an operator refused it; the diamonds are available again'),
    ('cancelled', 'the creator took it back; the diamonds are available again');

-- Every change of state there can be. No way leads back, so a payout enters a state at most once.
create table payout_transition (
    from_state text not null references payout_state (state),
    to_state text not null references payout_state (state),
    primary key (from_state, to_state)
);
insert into payout_transition (from_state, to_state) values
    ('requested', 'approved'), ('requested', 'refused'), ('requested', 'cancelled'),
    ('approved', 'sent'),
    ('sent', 'paid'), ('sent', 'failed'),
    ('paid', 'returned');

create table payout (
    shard smallint not null,
    id uuid not null,
    creator_id bigint not null,
    quote_id uuid not null,
    method_id uuid not null,
    provider text not null,
    diamonds bigint not null check (diamonds > 0),
    currency text not null,
    gross_minor bigint not null,
    fee_minor bigint not null,
    net_minor bigint not null,
    state text not null references payout_state (state),
    previous_state text,
    reason text,
    requested_at timestamptz not null,
    changed_at timestamptz not null,
    provider_reference text,
    poll_at timestamptz,
    polls integer not null default 0,
    attention text,
    primary key (shard, id),
    constraint payout_quote_used unique (shard, quote_id),
    foreign key (shard, quote_id) references payout_quote (shard, id),
    foreign key (shard, method_id) references payout_method (shard, id),
    foreign key (previous_state, state) references payout_transition (from_state, to_state),
    check ((state = 'requested') = (previous_state is null))
) with (fillfactor = 70);
comment on column payout.reason is 'why it failed, was refused or came back';
comment on column payout.poll_at is 'when to ask the provider, in case its webhook is lost; null: no longer';
comment on column payout.attention is 'what a person must look at: the provider contradicts what is booked';
create index payout_by_creator on payout (shard, creator_id, requested_at desc, id desc);
create index payout_by_state on payout (state, requested_at desc, id desc);
create index payout_by_time on payout (requested_at desc, id desc);
create index payout_by_id on payout (id);
create index payout_to_poll on payout (poll_at) where poll_at is not null;

-- Every change of state: who, when, why. Its key says that a state is entered once.
create table payout_event (
    shard smallint not null,
    payout_id uuid not null,
    from_state text,
    to_state text not null,
    at timestamptz not null,
    actor text not null check (actor in ('creator', 'operator', 'provider')),
    actor_id bigint,
    reason text,
    primary key (shard, payout_id, to_state),
    foreign key (shard, payout_id) references payout (shard, id),
    foreign key (from_state, to_state) references payout_transition (from_state, to_state),
    check ((to_state = 'requested') = (from_state is null)),
    check ((actor = 'provider') = (actor_id is null))
);

-- Approved payouts on their way to the provider. attempts is raised and committed before the provider is called:
-- an attempt of which nothing is known is looked up at the provider before the next one.
create table payout_send (
    shard smallint not null,
    payout_id uuid not null,
    due_at timestamptz not null,
    attempts integer not null default 0,
    last_error text,
    primary key (shard, payout_id),
    foreign key (shard, payout_id) references payout (shard, id)
) with (fillfactor = 50);
create index payout_send_due on payout_send (due_at);

-- A payout with where it goes and how sending it fares.
create view payout_shown as
    select p.*, m.holder_name, m.country, right(coalesce(m.iban, m.account_number), 4) as account_ending,
        s.attempts as send_attempts, s.last_error as send_error
    from payout p
    join payout_method m on m.shard = p.shard and m.id = p.method_id
    left join payout_send s on s.shard = p.shard and s.payout_id = p.id;

-- What providers told, as it came, once; applied afterwards, once.
create table payout_provider_event (
    provider text not null,
    event_id text not null,
    received_at timestamptz not null,
    body bytea not null,
    due_at timestamptz,
    attempts integer not null default 0,
    outcome text check (outcome in ('applied', 'nothing_new', 'contradiction', 'unknown_payout')),
    applied_at timestamptz,
    primary key (provider, event_id),
    check ((outcome is null) = (applied_at is null)),
    check (outcome is null or due_at is null)
);
create index payout_provider_event_due on payout_provider_event (due_at) where due_at is not null;

grant select, insert on reward_rule, payout_rate, payout_terms, payout_quote, payout_event to plaudit_app;
grant select, insert, update on creator_setting, payout_provider_event to plaudit_app;
grant select, insert, update (matured_at) on conversion to plaudit_app;
grant select, insert, update (archived_at) on payout_method to plaudit_app;
grant select, insert, update (state, previous_state, reason, changed_at, provider_reference, poll_at, polls, attention)
    on payout to plaudit_app;
grant select on payout_state, payout_transition, payout_shown to plaudit_app;
grant select, insert, update, delete on payout_send to plaudit_app;
