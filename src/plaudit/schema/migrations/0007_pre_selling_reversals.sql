-- Reversals: withdrawals, refunds, store voids and chargebacks of orders, and how much of each order they hold.

-- Until when a buyer may take back what is unspent; what is not here is what the settings promise.
create table withdrawal_rule (
    region text not null check (region ~ '^[A-Z]{2}$'),
    valid_from date not null,
    days integer not null check (days between 0 and 366),
    basis text not null check (basis <> ''),
    primary key (region, valid_from)
);
comment on column withdrawal_rule.valid_from is 'orders paid on this day or later';
insert into withdrawal_rule (region, valid_from, days, basis)
select region, '2014-06-13', 14, 'Directive 2011/83/EU, Article 9'
from unnest(string_to_array(
    'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK', ' ')) region
union all values ('GB', '2014-06-13'::date, 14, 'Consumer Contracts Regulations 2013, regulation 30');

create table reversal_transition (
    from_state text not null,
    to_state text not null,
    description text not null,
    primary key (from_state, to_state)
);
insert into reversal_transition (from_state, to_state, description) values
    ('requested', 'sent', 'the provider works on it'),
    ('requested', 'done', 'the provider gave the money back'),
    ('requested', 'undone', 'the provider refused'),
    ('sent', 'done', 'the provider gave the money back'),
    ('sent', 'undone', 'the provider could not give the money back'),
    ('opened', 'done', 'the dispute was lost, or the money left'),
    ('opened', 'undone', 'the dispute was won, or the money never left'),
    ('done', 'undone', 'the money came back');

-- One row for each time that money of an order goes back. What a provider says of one reversal in growing parts is one
-- row a part, with the same provider_reversal_id and the next step.
create table reversal (
    shard smallint not null,
    reversal_id uuid not null,
    order_id uuid not null,
    person_id bigint not null,
    kind text not null check (kind in ('withdrawal', 'refund', 'void', 'chargeback')),
    state text not null check (state in ('requested', 'sent', 'opened', 'done', 'undone')),
    previous_state text,
    provider text not null,
    provider_reversal_id text,
    step integer not null check (step > 0),
    claimed_minor bigint not null check (claimed_minor >= 0),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    amount_minor bigint not null check (amount_minor between 0 and claimed_minor),
    net_minor bigint not null check (net_minor >= 0),
    tax_minor bigint not null check (tax_minor >= 0),
    fee_returned_minor bigint not null check (fee_returned_minor >= 0),
    dispute_fee_minor bigint not null default 0 check (dispute_fee_minor >= 0),
    dispute_fee_returned boolean not null default false,
    coins bigint not null,
    coins_unspent bigint not null check (coins_unspent >= 0),
    coins_spent bigint not null check (coins_spent >= 0),
    reason text not null,
    outcome text not null default '',
    requested_by bigint,
    request text,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    provider_at timestamptz,
    respond_until timestamptz,
    poll_at timestamptz,
    polls integer not null default 0,
    send_error text,
    primary key (shard, reversal_id),
    unique (shard, provider, provider_reversal_id, step),
    foreign key (shard, order_id) references recharge_order (shard, order_id),
    constraint reversal_moves_on foreign key (previous_state, state) references reversal_transition (from_state, to_state),
    constraint reversal_is_sent_while_requested check ((poll_at is not null) = (state = 'requested')),
    constraint reversal_adds_up check (net_minor + tax_minor = amount_minor and coins_unspent + coins_spent = coins),
    check ((requested_by is null) = (request is null))
) with (fillfactor = 70);
comment on column reversal.claimed_minor is
    'what was asked for, or what the provider says of all steps; not all of it may be left';
comment on column reversal.amount_minor is 'what this row holds, or held until it was undone';
comment on column reversal.fee_returned_minor is 'what the channel gave back of its fee';
comment on column reversal.dispute_fee_minor is 'what the channel charged beside the amount';
comment on column reversal.outcome is 'what the provider said of it last';
comment on column reversal.request is 'what was asked, as canonical JSON: the same id with another request is a conflict';
comment on column reversal.provider_at is 'when what the provider said last was so';
create index reversal_by_order on reversal (shard, order_id, reversal_id);
create index reversal_by_person on reversal (shard, person_id, reversal_id desc);
create index reversal_by_time on reversal (created_at desc, reversal_id desc);
create index reversal_to_send on reversal (poll_at) where poll_at is not null;

-- How much of an order standing reversals hold. It changes in the transaction of each reversal: never more than was paid.
create table order_reversed (
    shard smallint not null,
    order_id uuid not null,
    currency text not null,
    paid_minor bigint not null check (paid_minor > 0),
    paid_tax_minor bigint not null,
    returnable_fee_minor bigint not null,
    paid_coins bigint not null,
    reversed_minor bigint not null,
    reversed_tax_minor bigint not null,
    reversed_fee_minor bigint not null,
    reversed_coins bigint not null,
    primary key (shard, order_id),
    foreign key (shard, order_id) references recharge_order (shard, order_id),
    constraint order_not_over_refunded check (
        reversed_minor between 0 and paid_minor
        and reversed_tax_minor between 0 and paid_tax_minor
        and reversed_minor - reversed_tax_minor between 0 and paid_minor - paid_tax_minor
        and reversed_fee_minor between 0 and returnable_fee_minor
        and reversed_coins between 0 and paid_coins)
) with (fillfactor = 70);
comment on column order_reversed.returnable_fee_minor is
    'what the channel gives back of its fee when all of the order goes back';

grant select on reversal_transition to plaudit_app;
grant select, insert on withdrawal_rule, reversal, order_reversed to plaudit_app;
grant update (state, previous_state, provider_reversal_id, claimed_minor, outcome, changed_at, provider_at, respond_until,
    poll_at, polls, send_error, dispute_fee_minor, dispute_fee_returned) on reversal to plaudit_app;
grant update (reversed_minor, reversed_tax_minor, reversed_fee_minor, reversed_coins) on order_reversed to plaudit_app;
