-- Cases in which all that a minor spent in a period goes back, each with the orders it is about.
create table minor_refund (
    id uuid primary key,
    person_id bigint not null,
    since timestamptz not null,
    until timestamptz not null,
    reason text not null,
    requested_by bigint not null,
    decided_at timestamptz not null,
    decision_id uuid unique references decision (id),
    constraint minor_refund_has_a_period check (until > since)
);
comment on column minor_refund.decision_id is 'null: it was no more than one operator gives back alone';
create index minor_refund_of_person on minor_refund (person_id);
create table minor_refund_order (
    minor_refund_id uuid not null references minor_refund (id),
    shard smallint not null,
    order_id uuid not null,
    amount_minor bigint not null check (amount_minor > 0),
    currency text not null,
    primary key (minor_refund_id, order_id),
    foreign key (shard, order_id) references recharge_order (shard, order_id)
);
comment on table minor_refund_order is 'the most that goes back of an order by the case';
grant select, insert on minor_refund, minor_refund_order to plaudit_app;
alter table reversal add column minor_refund_id uuid references minor_refund (id);
create index reversal_of_minor_refund on reversal (minor_refund_id) where minor_refund_id is not null;
