-- Cards that providers keep for buyers who agreed to it: what is shown of each, what it rests on, and who a buyer is to a
-- provider. No number of a card ever comes here.

create table card_consent (
    shard smallint not null,
    person_id bigint not null references person (id),
    consent_id uuid not null,
    version integer not null check (version > 0),
    language text not null check (language ~ '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
    given_at timestamptz not null,
    primary key (shard, person_id, consent_id)
);
comment on table card_consent is 'that somebody expressly wanted a card to be kept, in which words they were asked, and when';
comment on column card_consent.consent_id is 'that of the order, or of the request, it was given with';
comment on column card_consent.version is 'of the words';

-- Whom a provider keeps cards for. Also a queue: `due_at` says that what it keeps and what we show are to be brought in
-- line, or, once `ended_at` is set, that it is to forget the customer.
create table card_customer (
    shard smallint not null,
    person_id bigint not null,
    provider text not null,
    consent_id uuid not null,
    customer_id text check (length(customer_id) between 1 and 255),
    ended_at timestamptz,
    due_at timestamptz,
    tries integer not null default 0,
    leased_until timestamptz,
    failed_with text,
    error text,
    primary key (shard, person_id, provider),
    foreign key (shard, person_id, consent_id) references card_consent (shard, person_id, consent_id),
    constraint customer_is_one_persons unique (provider, customer_id),
    constraint customer_is_due_while_known check (due_at is null or customer_id is not null)
);
comment on column card_customer.customer_id is 'the provider''s; null: it knows nobody, not yet or no more';
comment on column card_customer.consent_id is 'the first that it rests on; also the idempotency key it was made with';
comment on column card_customer.ended_at is 'since when nothing is to be kept';
create index card_customer_due on card_customer (due_at) where due_at is not null;

create table saved_card (
    shard smallint not null,
    person_id bigint not null,
    card_id uuid not null,
    provider text not null,
    provider_card_id text check (length(provider_card_id) between 1 and 255),
    brand text check (brand ~ '^[a-z0-9_]{1,40}$'),
    last_four text check (last_four ~ '^[0-9]{4}$'),
    expires_on date,
    is_default boolean not null default false,
    saved_at timestamptz not null,
    removed_at timestamptz,
    primary key (shard, person_id, card_id),
    foreign key (shard, person_id, provider) references card_customer (shard, person_id, provider),
    constraint card_is_kept_once unique (provider, provider_card_id),
    constraint card_is_shown_until_removed
        check (num_nulls(brand, last_four, expires_on) = case when removed_at is null then 0 else 3 end),
    constraint card_is_known_until_removed check (provider_card_id is not null or removed_at is not null),
    constraint card_removed_is_no_default check (not (is_default and removed_at is not null))
);
comment on column saved_card.provider_card_id is 'the provider''s; null: it has forgotten the card';
comment on column saved_card.expires_on is 'the last day on which it is good';
comment on column saved_card.removed_at is 'since when it is neither shown nor paid with; nothing of it stays but this row';
create unique index one_default_card on saved_card (shard, person_id) where is_default;

grant select, insert on card_consent, card_customer, saved_card to plaudit_app;
grant update (consent_id, customer_id, ended_at, due_at, tries, leased_until, failed_with, error) on card_customer
    to plaudit_app;
grant update (provider_card_id, brand, last_four, expires_on, is_default, removed_at) on saved_card to plaudit_app;
