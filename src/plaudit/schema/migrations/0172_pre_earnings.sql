-- Statements of creators: what each received, converted and was paid in a month (UTC), summed once from the books and kept as it was
-- found. An edition above one corrects those before it.

-- Months of a shard that are summed, in their order.
create table earnings_position (
    shard smallint primary key,
    month date not null check (month = date_trunc('month', month)),
    issuing date not null check (issuing <= month)
);
comment on column earnings_position.month is 'the next month that is to be summed';
comment on column earnings_position.issuing is 'all months before it have their papers';

-- What a creator had when a month began, what came and went, and what was left.
create table earnings_month (
    shard smallint not null,
    creator_id bigint not null,
    month date not null check (month = date_trunc('month', month)),
    edition smallint not null check (edition > 0),
    gifts bigint not null check (gifts >= 0),
    received_coins bigint not null check (received_coins >= 0),
    promotional_coins bigint not null check (promotional_coins between 0 and received_coins),
    opening_coins bigint not null,
    coins_in bigint not null check (coins_in >= received_coins),
    coins_out bigint not null check (coins_out >= 0),
    closing_coins bigint not null generated always as (opening_coins + coins_in - coins_out) stored,
    opening_pending bigint not null,
    pending_in bigint not null check (pending_in >= 0),
    pending_out bigint not null check (pending_out >= 0),
    closing_pending bigint not null generated always as (opening_pending + pending_in - pending_out) stored,
    opening_available bigint not null,
    available_in bigint not null check (available_in >= 0),
    available_out bigint not null check (available_out >= 0),
    closing_available bigint not null generated always as (opening_available + available_in - available_out) stored,
    opening_in_payout bigint not null,
    in_payout_in bigint not null check (in_payout_in >= 0),
    in_payout_out bigint not null check (in_payout_out >= 0),
    closing_in_payout bigint not null generated always as (opening_in_payout + in_payout_in - in_payout_out) stored,
    primary key (shard, creator_id, month, edition)
);
comment on table earnings_month is 'gift balance, and diamonds that are pending, available and on their way in a payout';
comment on column earnings_month.promotional_coins is 'of those received: coins an operator had given, which are never converted';
create index earnings_month_of_month on earnings_month (shard, month, creator_id, edition);

-- What moved, of one kind: reasons of movements, of conversions by the version of their rule, of payouts that were paid or came
-- back one by one. Each amount is signed by what it adds to.
create table earnings_line (
    shard smallint not null,
    creator_id bigint not null,
    month date not null,
    edition smallint not null,
    line integer not null check (line > 0),
    reason text not null references transfer_reason (reason),
    rule_version integer references reward_rule (version),
    payout_id uuid,
    at timestamptz,
    movements bigint not null check (movements > 0),
    coins bigint not null,
    pending bigint not null,
    available bigint not null,
    in_payout bigint not null,
    rate_version integer references payout_rate (version),
    currency text,
    gross_minor bigint,
    fee_minor bigint,
    net_minor bigint generated always as (gross_minor - fee_minor) stored,
    primary key (shard, creator_id, month, edition, line),
    foreign key (shard, creator_id, month, edition) references earnings_month deferrable initially deferred,
    constraint earnings_line_of_a_payout_is_whole check (num_nulls(payout_id, at, rate_version, currency, gross_minor, fee_minor) in (0, 6)),
    constraint earnings_line_moves_something check ((coins, pending, available, in_payout) <> (0, 0, 0, 0))
);
comment on column earnings_line.movements is 'how many; of received gifts how many of them';

-- Received coins by where they were given and by the country in which whoever paid for them bought them.
create table earnings_gift (
    shard smallint not null,
    creator_id bigint not null,
    month date not null,
    edition smallint not null,
    place_id bigint not null,
    kind text not null check (kind in ('paid', 'promotional')),
    country text not null,
    is_video boolean not null,
    gifts bigint not null check (gifts >= 0),
    coins bigint not null check (coins > 0),
    primary key (shard, creator_id, month, edition, place_id, kind, country),
    foreign key (shard, creator_id, month, edition) references earnings_month deferrable initially deferred,
    constraint earnings_gift_granted_is_of_no_country check (kind = 'paid' or country = '')
);
comment on column earnings_gift.country is 'of the order that paid; empty: no order did';
comment on column earnings_gift.gifts is 'a gift that coins of several countries paid for is counted with the first';

-- Coins that can be converted, by the country they were paid in: each conversion draws on all of them alike.
create table earnings_country (
    shard smallint not null,
    creator_id bigint not null,
    month date not null,
    edition smallint not null,
    country text not null,
    opening_coins bigint not null,
    coins_in bigint not null check (coins_in >= 0),
    coins_out bigint not null check (coins_out >= 0),
    closing_coins bigint not null generated always as (opening_coins + coins_in - coins_out) stored,
    diamonds bigint not null check (diamonds >= 0),
    primary key (shard, creator_id, month, edition, country),
    foreign key (shard, creator_id, month, edition) references earnings_month deferrable initially deferred,
    constraint earnings_country_has_what_it_gives check (country = '' or opening_coins >= 0 and opening_coins + coins_in >= coins_out)
);
comment on column earnings_country.country is
    'empty: of no order; below zero where a conversion is stamped with a month before that of the gifts it took, until they come';
comment on column earnings_country.diamonds is 'of the month''s conversions, in proportion to the coins';

-- The papers: a number without a gap in each year, of one edition of a creator's month.
create table earnings_series (
    year smallint primary key check (year between 2000 and 9999),
    last_number integer not null check (last_number > 0)
);
create table earnings_statement (
    year smallint not null,
    number integer not null check (number > 0),
    follows integer generated always as (nullif(number - 1, 0)) stored,
    shard smallint not null,
    creator_id bigint not null,
    month date not null,
    edition smallint not null,
    issued_at timestamptz not null check (extract(year from issued_at at time zone 'UTC') = year),
    issuer_name text not null,
    issuer_address text not null,
    issuer_tax_id text not null,
    creator_name text not null,
    reason text not null,
    hash bytea not null check (length(hash) = 32),
    primary key (year, number),
    unique (shard, creator_id, month, edition),
    foreign key (shard, creator_id, month, edition) references earnings_month,
    constraint earnings_statement_has_no_gap foreign key (year, follows) references earnings_statement (year, number),
    constraint earnings_statement_is_of_a_month_that_is_over check (month + interval '1 month' <= issued_at at time zone 'UTC'),
    constraint earnings_statement_correction_says_why check ((edition = 1) = (reason = ''))
);
comment on column earnings_statement.reason is 'why an earlier one is corrected, as its creator reads it';
comment on column earnings_statement.hash is 'of all that it says';
create index earnings_statement_of_creator on earnings_statement (creator_id, month desc, edition desc);

grant select on earnings_position, earnings_month, earnings_line, earnings_gift, earnings_country, earnings_series, earnings_statement
    to plaudit_app;
