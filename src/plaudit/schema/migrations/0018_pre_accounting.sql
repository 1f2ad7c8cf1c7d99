-- Books for accountants: what each lot's coins did on each day (UTC), and the days that are closed, in coins and money.

-- How far each shard is accounted: the day that is open, and until when its movements are summed.
create table accounting_position (
    shard smallint primary key,
    day date not null,
    summed_until timestamptz not null,
    check (summed_until between (day::timestamp at time zone 'UTC') and ((day + 1)::timestamp at time zone 'UTC'))
);
comment on column accounting_position.day is 'the first day that is not closed';

-- The days on which something happened to a lot's unspent coins.
create table accounting_lot_day (
    shard smallint not null,
    lot_id uuid not null,
    day date not null,
    opening_coins bigint not null,
    sold_coins bigint not null,
    put_back_coins bigint not null,
    used_coins bigint not null,
    refunded_coins bigint not null,
    expired_coins bigint not null,
    closing_coins bigint not null generated always as
        (opening_coins + sold_coins + put_back_coins - used_coins - refunded_coins - expired_coins) stored,
    primary key (shard, day, lot_id),
    unique (shard, lot_id, day),
    foreign key (shard, lot_id) references lot (shard, lot_id)
) with (fillfactor = 70);
comment on column accounting_lot_day.sold_coins is 'or given, when the lot is promotional';

-- A closed day: a row for each kind of coins, entity, region, channel and currency that has or had some.
create table accounting_day (
    shard smallint not null,
    day date not null,
    kind text not null check (kind in ('paid', 'promotional')),
    entity text not null,
    region text not null,
    channel text not null,
    currency text not null,
    opening_coins bigint not null,
    sold_coins bigint not null,
    put_back_coins bigint not null,
    used_coins bigint not null,
    refunded_coins bigint not null,
    expired_coins bigint not null,
    closing_coins bigint not null,
    opening_minor bigint not null,
    sold_minor bigint not null,
    put_back_minor bigint not null,
    used_minor bigint not null,
    refunded_minor bigint not null,
    expired_minor bigint not null,
    closing_minor bigint not null,
    gross_sales_minor bigint not null,
    sale_tax_minor bigint not null,
    sale_fee_minor bigint not null,
    gross_refunds_minor bigint not null,
    chargebacks_minor bigint not null,
    refund_tax_minor bigint not null,
    refund_fee_minor bigint not null,
    dispute_fee_minor bigint not null,
    revenue_reversed_minor bigint not null generated always as
        (gross_refunds_minor + chargebacks_minor - refund_tax_minor - refunded_minor + put_back_minor) stored,
    primary key (shard, day, kind, entity, region, channel, currency)
);
comment on column accounting_day.entity is 'the seller of record, as on receipts; empty: no receipt was written';
comment on column accounting_day.sold_minor is 'without tax; of coins that were given: nothing';
comment on column accounting_day.gross_refunds_minor is 'with tax; less what stayed after all. Those below as well';
comment on column accounting_day.revenue_reversed_minor is 'without tax: what went back beyond the cost of unspent coins';

-- Days that were opened again, because a movement of theirs was committed after they had been closed.
create table accounting_reopening (
    reopening_id bigint generated always as identity primary key,
    from_day date not null,
    reason text not null check (reason <> ''),
    reopened_at timestamptz not null
);

grant select, insert, update on accounting_position to plaudit_app;
grant select, insert, delete on accounting_lot_day, accounting_day to plaudit_app;
grant update (sold_coins, put_back_coins, used_coins, refunded_coins, expired_coins) on accounting_lot_day to plaudit_app;
grant select, insert on accounting_reopening to plaudit_app;
