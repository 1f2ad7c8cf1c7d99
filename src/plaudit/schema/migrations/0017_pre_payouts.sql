-- Payouts: rates, terms, sealed bank accounts and quotes; payouts and their states; what providers tell; those made by hand.
-- What belongs to one creator is kept with the creator's shard; rates and terms are the same everywhere.

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

create table payout_account_key (
    key_id text primary key check (key_id ~ '^[0-9a-f]{16}$'),
    added_at timestamptz not null
);
comment on table payout_account_key is 'names of the keys bank accounts are sealed with; never the keys';

-- Where a creator is paid. A method that was used stays, archived; its account is shown masked.
-- Bank accounts are sealed by the application with a key the database does not have. One that is in clear all the same
-- is sealed by the next server that starts.
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
    account_ending text,
    account_key text references payout_account_key (key_id),
    sealed_account bytea,
    primary key (shard, id),
    constraint payout_method_account_is_sealed check (
        case when sealed_account is null
            then account_key is null and (iban is null) = (bank_code is not null and account_number is not null)
            else account_key is not null and account_ending is not null and num_nonnulls(iban, bank_code, account_number) = 0
        end
    )
);
comment on column payout_method.account_ending is 'what of the account may be shown: its last four characters';
comment on column payout_method.sealed_account is
    'AES-GCM: 12 bytes of nonce, then the account as JSON, bound to its creator and method';
create index payout_method_by_creator on payout_method (shard, creator_id, created_at desc, id desc);
create index payout_method_in_clear on payout_method (shard, id) where sealed_account is null;

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
-- An approved payout that no provider and nobody at a bank was ever told of can still be refused.
create table payout_transition (
    from_state text not null references payout_state (state),
    to_state text not null references payout_state (state),
    primary key (from_state, to_state)
);
insert into payout_transition (from_state, to_state) values
    ('requested', 'approved'), ('requested', 'refused'), ('requested', 'cancelled'),
    ('approved', 'sent'), ('approved', 'refused'),
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
    poll_error text,
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
comment on column payout.poll_error is 'what the last question to its provider failed with';
create index payout_by_creator on payout (shard, creator_id, requested_at desc, id desc);
create index payout_by_state on payout (state, requested_at desc, id desc);
create index payout_by_time on payout (requested_at desc, id desc);
create index payout_by_id on payout (id);
create index payout_to_poll on payout (poll_at) where poll_at is not null;
create index payout_poll_stuck on payout (changed_at) where poll_at is not null and poll_error is not null;
create index payout_to_export on payout (provider, requested_at, id) where state = 'approved';

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
    called boolean not null default false,
    primary key (shard, payout_id),
    foreign key (shard, payout_id) references payout (shard, id)
) with (fillfactor = 50);
comment on column payout_send.called is 'a provider may have got it; raised and committed before the provider is called';
create index payout_send_due on payout_send (due_at);

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
    last_error text,
    primary key (provider, event_id),
    check ((outcome is null) = (applied_at is null)),
    check (outcome is null or due_at is null)
);
create index payout_provider_event_due on payout_provider_event (due_at) where due_at is not null;
create index payout_provider_event_stuck on payout_provider_event (received_at)
    where applied_at is null and last_error is not null;

-- What is to be paid by hand goes out in numbered exports; a payout is in one at most.
create table payout_export (
    number integer primary key check (number > 0),
    id uuid not null unique,
    currency text check (currency ~ '^[A-Z]{3}$'),
    exported_at timestamptz not null,
    exported_by bigint not null
);
comment on column payout_export.id is 'made by the caller: the idempotency key';
comment on column payout_export.currency is 'what was asked for; null: every currency';

create table payout_export_item (
    shard smallint not null,
    payout_id uuid not null,
    export_number integer not null references payout_export (number),
    primary key (shard, payout_id),
    foreign key (shard, payout_id) references payout (shard, id)
);
create index payout_export_item_by_export on payout_export_item (export_number);

-- Every time account numbers left the house: which, to whom, when. Written and committed before they do.
create table payout_export_download (
    id bigint generated always as identity primary key,
    export_number integer not null references payout_export (number),
    downloaded_at timestamptz not null,
    downloaded_by bigint not null
);
create index payout_export_download_by_export on payout_export_download (export_number, id);

-- What became of an exported payout, as an operator read it at the bank.
create table payout_bank_outcome (
    shard smallint not null,
    payout_id uuid not null,
    outcome text not null check (outcome in ('paid', 'failed', 'returned')),
    reference text not null check (reference <> ''),
    reason text,
    recorded_at timestamptz not null,
    recorded_by bigint not null,
    primary key (shard, payout_id, outcome),
    foreign key (shard, payout_id) references payout_export_item (shard, payout_id),
    check ((outcome = 'paid') = (reason is null))
);
comment on column payout_bank_outcome.reference is 'the bank''s own name of the transfer';
create unique index payout_bank_outcome_is_one on payout_bank_outcome (shard, payout_id) where outcome in ('paid', 'failed');

-- A payout with where it goes and how sending it fares.
create view payout_shown as
    select p.*, m.holder_name, m.country,
        coalesce(m.account_ending, right(coalesce(m.iban, m.account_number), 4)) as account_ending,
        s.attempts as send_attempts, s.last_error as send_error, coalesce(s.called, false) as send_called,
        i.export_number
    from payout p
    join payout_method m on m.shard = p.shard and m.id = p.method_id
    left join payout_send s on s.shard = p.shard and s.payout_id = p.id
    left join payout_export_item i on i.shard = p.shard and i.payout_id = p.id;

-- What fails is tried again later: how often it was tried, when it is tried again and what it failed with, item by item.
-- Items whose last try failed. `id` names one of them among all queues.
create view stuck_work as
    select md5(concat_ws(' ', queue, shard, creator_id, reversal_id, direction, conversion_id, payout_id, provider,
            event_id))::uuid as id, w.*
    from (
        select 'clawback'::text as queue, shard, creator_id, reversal_id, direction, null::uuid as conversion_id,
            null::uuid as payout_id, null::text as provider, null::text as event_id, queued_at as waiting_since, tries,
            error, due_at
        from clawback where applied_at is null and error is not null
        union all
        select 'maturity', shard, creator_id, null, null, id, null, null, null, matures_at, maturity_tries,
            maturity_error, maturity_due_at
        from conversion where matured_at is null and maturity_error is not null
        union all
        select 'conversion', shard, creator_id, null, null, null, null, null, null, conversion_failing_since,
            conversion_tries, conversion_error, conversion_due_at
        from creator_setting where conversion_error is not null
        union all
        select 'send', p.shard, p.creator_id, null, null, null, p.id, p.provider, null, p.changed_at, s.attempts,
            s.last_error, s.due_at
        from payout_send s join payout p on p.shard = s.shard and p.id = s.payout_id where s.last_error is not null
        union all
        select 'poll', shard, creator_id, null, null, null, id, provider, null, changed_at, polls, poll_error, poll_at
        from payout where poll_at is not null and poll_error is not null
        union all
        select 'event', null, null, null, null, null, null, provider, event_id, received_at, attempts, last_error, due_at
        from payout_provider_event where applied_at is null and last_error is not null
    ) w;

grant select on payout_state, payout_transition, payout_shown, stuck_work to plaudit_app;
grant select, insert on payout_rate, payout_terms, payout_account_key, payout_quote, payout_event, payout_export,
    payout_export_item, payout_export_download, payout_bank_outcome to plaudit_app;
grant select, insert, update (archived_at, iban, bank_code, account_number, account_ending, account_key, sealed_account)
    on payout_method to plaudit_app;
grant select, insert, update (provider, state, previous_state, reason, changed_at, provider_reference, poll_at, polls,
    attention, poll_error) on payout to plaudit_app;
grant select, insert, update, delete on payout_send to plaudit_app;
grant select, insert, update on payout_provider_event to plaudit_app;
