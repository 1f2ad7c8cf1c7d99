-- Where buyers are: decisions with the evidence they rest on, for quotes and for payments that wait to be taken.

-- Never changed. One of a quote nobody ordered is forgotten some time after the quote; the others stay.
create table region_decision (
    shard smallint not null,
    person_id bigint not null references person (id),
    decision_id uuid not null,
    decided_at timestamptz not null,
    kind text not null check (kind in ('quote', 'payment')),
    order_id uuid,
    payment_id text,
    outcome text not null,
    region text not null check (region ~ '^[A-Z]{2}$'),
    quoted_region text check (quoted_region ~ '^[A-Z]{2}$'),
    sought_region text check (sought_region ~ '^[A-Z]{2}$'),
    basis text not null,
    reasons text[] not null check (cardinality(reasons) > 0),
    evidence jsonb not null,
    network cidr,
    rule_version integer not null check (rule_version > 0),
    book_version integer not null references price_book (version),
    databases jsonb not null,
    primary key (shard, decision_id),
    constraint decision_fits_its_kind check (
        kind = 'quote' and outcome in ('allow', 'ask', 'refuse')
            and order_id is null and payment_id is null and quoted_region is null
        or kind = 'payment' and outcome in ('capture', 'reprice', 'ask', 'refuse')
            and order_id is not null and payment_id is not null and quoted_region is not null),
    constraint network_is_cut check (masklen(network) <= case family(network) when 4 then 24 else 48 end)
);
comment on table region_decision is 'whose prices somebody was shown, or whether a payment was taken, and why';
comment on column region_decision.kind is 'quote: order_id is found through the quote; payment: of an authorised payment';
comment on column region_decision.region is 'whose prices hold, or would be right for the payment';
comment on column region_decision.sought_region is 'the cheaper region whose prices better evidence would bring';
comment on column region_decision.evidence is 'signs with country, time and strength; no address, no card number';
comment on column region_decision.network is 'the buyer''s, cut to /24 or /48';
comment on column region_decision.databases is 'type and date of build of each database that was asked';
create index region_decision_by_order on region_decision (shard, order_id) where order_id is not null;
create index region_decision_by_person on region_decision (shard, person_id, decided_at desc);
create index region_decision_of_quotes on region_decision (decided_at) where kind = 'quote';

grant select, insert, delete on region_decision to plaudit_app;
