-- Reference rates by day, the chart of accounts of the general ledger, and what creators are owed at the end of each day.

-- Units of each currency for one euro, as published. What is not published for a day is not there.
create table exchange_rate (
    day date not null,
    currency text not null check (currency ~ '^[A-Z]{3}$' and currency <> 'EUR'),
    per_euro numeric not null check (per_euro > 0 and per_euro < 'infinity'),
    source text not null check (source <> ''),
    recorded_at timestamptz not null,
    primary key (day, currency)
);
comment on column exchange_rate.source is 'the data or the address it comes from';

-- Tax returns and lists of papers are read by the moment of issue.
create index receipt_by_issue on receipt (issued_at, shard, order_id);
create index credit_note_by_issue on credit_note (issued_at, shard, reversal_id);

-- What the general ledger keeps apart. An accountant's number and name of each are dated decisions.
create table general_account_kind (
    account text primary key,
    description text not null
);
insert into general_account_kind (account, description) values
    ('provider', 'what lies at a payment provider or store'),
    ('reversals_pending', 'money that left a provider and is not credited to its buyer yet: disputes and refunds under way'),
    ('tax', 'tax of sales that is owed to a country'),
    ('deferred_revenue', 'what unspent coins cost, without tax'),
    ('revenue', 'coins that were used'),
    ('breakage', 'coins that expired'),
    ('refunds', 'what went back of coins that had been used'),
    ('channel_fees', 'what stores and payment providers keep'),
    ('dispute_fees', 'what payment providers charge for disputes'),
    ('losses', 'money that went back beyond what was paid of an order'),
    ('creator_rewards', 'diamonds that creators earned'),
    ('creators_owed', 'diamonds that were not paid out yet'),
    ('payout_funds', 'what creators are paid from'),
    ('payout_fees', 'fees kept from payouts'),
    ('exchange', 'diamonds and the money they were paid in');

-- Rows are only added. Of those that hold on a day the one that says most precisely what it is of counts, then the latest.
create table general_account (
    general_account_id bigint generated always as identity primary key,
    account text not null references general_account_kind (account),
    entity text not null check (entity ~ '^[A-Z0-9]{0,20}$'),
    party text not null check (length(party) <= 40),
    number text not null check (number ~ '^[0-9A-Za-z][0-9A-Za-z.-]{0,19}$'),
    name text not null check (name ~ '\S'),
    valid_from date not null,
    recorded_at timestamptz not null,
    recorded_by bigint references person (id),
    request_id uuid unique
);
comment on column general_account.entity is 'the seller of record whose books it is of; empty: every seller';
comment on column general_account.party is 'the provider or the country it is of; empty: each';
insert into general_account (account, entity, party, number, name, valid_from, recorded_at)
select account, '', party, number, name, '2000-01-01', '2000-01-01 00:00Z'
from (values
    ('provider', '', '1360', 'Payment providers'), ('provider', 'stripe', '1361', 'Stripe'),
    ('provider', 'paypal', '1362', 'PayPal'), ('provider', 'apple', '1363', 'Apple App Store'),
    ('provider', 'google', '1364', 'Google Play'), ('provider', 'sandbox', '1369', 'Sandbox'),
    ('reversals_pending', '', '1380', 'Refunds and disputes under way'), ('tax', '', '1770', 'Tax of sales'),
    ('deferred_revenue', '', '1700', 'Deferred revenue'), ('revenue', '', '4000', 'Coins used'),
    ('breakage', '', '4010', 'Coins expired'), ('refunds', '', '4090', 'Refunds of coins used'),
    ('channel_fees', '', '6800', 'Fees of channels'), ('dispute_fees', '', '6810', 'Fees of disputes'),
    ('losses', '', '6820', 'Losses by refunds'), ('creator_rewards', '', '5900', 'Rewards of creators'),
    ('creators_owed', '', '1740', 'Owed to creators'), ('payout_funds', '', '1200', 'Bank, payouts'),
    ('payout_fees', '', '4800', 'Fees of payouts'), ('exchange', '', '1390', 'Diamonds paid out in money')
) as seeded (account, party, number, name);

-- Diamonds of a shard at the end of each closed day, and what they are worth in the house currency at the rate of that moment.
-- The first row takes up all that was before it.
create table accounting_creator_day (
    shard smallint not null,
    day date not null,
    opening_diamonds bigint not null,
    earned_diamonds bigint not null,
    taken_back_diamonds bigint not null check (taken_back_diamonds >= 0),
    paid_diamonds bigint not null,
    closing_diamonds bigint not null generated always as
        (opening_diamonds + earned_diamonds - taken_back_diamonds - paid_diamonds) stored,
    rate_version integer not null references payout_rate (version),
    opening_minor bigint not null,
    revalued_minor bigint not null,
    earned_minor bigint not null,
    paid_minor bigint not null,
    closing_minor bigint not null generated always as (opening_minor + revalued_minor + earned_minor - paid_minor) stored,
    primary key (shard, day)
);
comment on column accounting_creator_day.earned_diamonds is 'of conversions, and those that were given back after all';
comment on column accounting_creator_day.paid_diamonds is 'less those of payouts that came back';
comment on column accounting_creator_day.revalued_minor is 'what another rate makes of the opening';
comment on column accounting_creator_day.earned_minor is 'less what was taken back; with the rounding of the day';

grant select on general_account_kind to plaudit_app;
grant select, insert on exchange_rate, general_account to plaudit_app;
grant select, insert, delete on accounting_creator_day to plaudit_app;
