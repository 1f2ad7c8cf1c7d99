-- Papers of sales: receipts, confirmations of what app stores sold, and credit notes, each with its number.

-- Three kinds of papers, each numbered without gaps in a series of its own per seller and shard. What is written is never
-- changed: the application may add rows, nothing more.
create table paper_kind (
    paper text primary key,
    description text not null
);
insert into paper_kind (paper, description) values
    ('receipt', 'we sold coins'),
    ('confirmation', 'an app store sold coins; its own receipt is the one that counts'),
    ('credit_note', 'money of a receipt went back, or a credit note was cancelled');

-- The counter's row is locked until its paper is committed.
create table paper_counter (
    shard smallint constraint receipt_counter_shard_not_null not null,
    seller_code text constraint receipt_counter_seller_code_not_null not null
        constraint receipt_counter_seller_code_check check (seller_code ~ '^[A-Z0-9]{1,20}$'),
    last_number bigint constraint receipt_counter_last_number_not_null not null,
    paper text not null references paper_kind (paper),
    primary key (shard, seller_code, paper)
);

-- A receipt says itself what was sold: a paper is read without what it came from.
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
    paper text not null check (paper in ('receipt', 'confirmation')),
    seller_tax_id text not null,
    buyer_name text,
    store_name text,
    store_address text,
    channel text not null,
    region text not null,
    provider text not null,
    coins bigint not null check (coins > 0),
    currency text not null,
    net_minor bigint not null check (net_minor >= 0),
    tax_minor bigint not null check (tax_minor >= 0),
    price_minor bigint not null,
    tax_name text not null,
    tax_rate_bps integer not null,
    primary key (shard, order_id),
    constraint receipt_number unique (shard, seller_code, paper, number),
    foreign key (shard, order_id) references recharge_order (shard, order_id),
    constraint receipt_is_of_a_store check ((paper = 'confirmation') = (store_name is not null)),
    constraint receipt_adds_up check (price_minor = net_minor + tax_minor)
);
comment on column receipt.seller_code is 'who issues the paper; begins its number';
comment on column receipt.seller_tax_id is 'as of the sale';
comment on column receipt.buyer_name is 'as of the sale; null: it was not kept then';
comment on column receipt.store_name is 'who sold instead of us';
create index receipt_by_payment_time on receipt (paid_at, order_id);
create index receipt_by_order on receipt (order_id);

create table credit_note (
    shard smallint not null,
    reversal_id uuid not null,
    act text not null check (act in ('credit', 'cancellation')),
    order_id uuid not null,
    person_id bigint not null,
    seller_code text not null,
    number bigint not null check (number > 0),
    issued_at timestamptz not null,
    kind text not null,
    currency text not null,
    amount_minor bigint not null check (amount_minor > 0),
    net_minor bigint not null check (net_minor >= 0),
    tax_minor bigint not null check (tax_minor >= 0),
    coins bigint not null check (coins >= 0),
    reason text not null,
    primary key (shard, reversal_id, act),
    constraint credit_note_number unique (shard, seller_code, number),
    foreign key (shard, order_id) references receipt (shard, order_id),
    foreign key (shard, reversal_id) references reversal (shard, reversal_id),
    constraint credit_note_adds_up check (net_minor + tax_minor = amount_minor)
);
comment on column credit_note.act is 'cancellation: the money of the credit note came back';
comment on column credit_note.kind is 'of the reversal';
create index credit_note_by_order on credit_note (shard, order_id, number);

grant select on paper_kind to plaudit_app;
grant select, insert, update on paper_counter to plaudit_app;
grant select, insert on receipt, credit_note to plaudit_app;
