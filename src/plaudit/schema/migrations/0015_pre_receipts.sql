-- Papers of sales: sellers with their tax ids, confirmations of what app stores sold, credit notes, and the language people read.

alter table person add column language text check (language ~ '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$');
comment on column person.language is 'what the platform says this person reads, as a tag of BCP 47';

alter table price_seller add column tax_id text not null default '';
alter table price_seller alter column tax_id drop default;
comment on column price_seller.tax_id is 'empty: the seller has none';

-- Three kinds of papers, each numbered without gaps in a series of its own per seller and shard. What is written is never
-- changed: the application may add rows, nothing more. The counter's row is locked until its paper is committed.
create table paper_kind (
    paper text primary key,
    description text not null
);
insert into paper_kind (paper, description) values
    ('receipt', 'we sold coins'),
    ('confirmation', 'an app store sold coins; its own receipt is the one that counts'),
    ('credit_note', 'money of a receipt went back, or a credit note was cancelled');

alter table receipt_counter rename to paper_counter;
alter table paper_counter
    add column paper text not null default 'receipt' references paper_kind (paper),
    drop constraint receipt_counter_pkey;
alter table paper_counter
    alter column paper drop default,
    add constraint paper_counter_pkey primary key (shard, seller_code, paper);

alter table receipt
    add column paper text not null default 'receipt' check (paper in ('receipt', 'confirmation')),
    add column seller_tax_id text not null default '',
    add column buyer_name text,
    add column store_name text,
    add column store_address text,
    drop constraint receipt_shard_seller_code_number_key,
    add constraint receipt_number unique (shard, seller_code, paper, number),
    add constraint receipt_is_of_a_store check ((paper = 'confirmation') = (store_name is not null));
alter table receipt alter column paper drop default, alter column seller_tax_id drop default;
comment on column receipt.seller_code is 'who issues the paper; begins its number';
comment on column receipt.seller_tax_id is 'as of the sale';
comment on column receipt.buyer_name is 'as of the sale; null: it was not kept then';
comment on column receipt.store_name is 'who sold instead of us';

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

-- What went back before credit notes were written.
with acts as (
    select r.*, a.act, a.at
    from reversal r join receipt using (shard, order_id),
        lateral (values ('credit', r.state = 'done' or r.previous_state = 'done'),
            ('cancellation', r.state = 'undone' and r.previous_state = 'done')) e (act, happened),
        lateral (select e.act, r.changed_at as at) a
    where e.happened and r.amount_minor > 0
)
insert into credit_note (shard, reversal_id, act, order_id, person_id, seller_code, number, issued_at, kind, currency,
    amount_minor, net_minor, tax_minor, coins, reason)
select a.shard, a.reversal_id, a.act, a.order_id, a.person_id, p.seller_code,
    row_number() over (partition by a.shard, p.seller_code order by a.at, a.reversal_id, a.act desc),
    a.at, a.kind, a.currency, a.amount_minor, a.net_minor, a.tax_minor, a.coins, a.reason
from acts a join receipt p using (shard, order_id);
insert into paper_counter (shard, seller_code, paper, last_number)
select shard, seller_code, 'credit_note', max(number) from credit_note group by shard, seller_code;

grant select on paper_kind to plaudit_app;
grant select, insert on credit_note to plaudit_app;
