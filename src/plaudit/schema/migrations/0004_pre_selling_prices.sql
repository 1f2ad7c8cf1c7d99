-- Price books with all they are made of: exchange rates, sellers, prices, packages and offers; drafts; dated tax rates.

-- A price book is never changed: what was quoted and paid can always be explained. A new one takes its place.
create table price_book (
    version integer primary key check (version > 0),
    effective_at timestamptz not null,
    rates_date date not null,
    note text not null,
    sources jsonb not null,
    rates jsonb not null default '{}',
    published_at timestamptz not null,
    published_by bigint references person (id),
    copied_from integer references price_book (version),
    written_in xid8 not null default pg_current_xact_id()
);
comment on column price_book.rates_date is 'the day of the exchange rates its prices were made with';
comment on column price_book.rates is 'minor units of each currency for one US cent, as fractions: {"EUR": "8673/10000"}';
comment on column price_book.published_by is 'null: published on the command line, or the first book';
comment on column price_book.copied_from is 'the version this one goes back to';
comment on column price_book.written_in is 'the transaction that wrote it, the only one that may add prices to it';

-- A scheduled version that is taken back before it holds. The book itself stays as it was written.
create table price_book_withdrawal (
    version integer primary key references price_book (version),
    withdrawn_at timestamptz not null,
    withdrawn_by bigint references person (id),
    reason text not null check (reason <> '')
);

create table price_seller (
    version integer not null references price_book (version),
    code text not null check (code ~ '^[A-Z0-9]{1,20}$'),
    name text not null check (name <> ''),
    address text not null,
    tax_id text not null,
    primary key (version, code)
);
comment on table price_seller is 'sellers of record; the code begins the numbers of their receipts';
comment on column price_seller.tax_id is 'empty: the seller has none';

create table price (
    version integer not null references price_book (version),
    region text not null check (region ~ '^[A-Z]{2}$'),
    channel text not null check (channel in ('web', 'apple', 'google')),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    unit_numerator bigint not null check (unit_numerator > 0),
    unit_denominator bigint not null check (unit_denominator > 0),
    step_minor bigint not null check (step_minor > 0),
    tax_name text not null check (tax_name <> ''),
    tax_rate_bps integer not null check (tax_rate_bps between 0 and 10000),
    tax_included boolean not null,
    store_fee_bps integer not null check (store_fee_bps between 0 and 10000),
    custom_amounts boolean not null,
    coins_min bigint not null check (coins_min > 0),
    coins_max bigint not null check (coins_max >= coins_min),
    store_fee_fixed_minor bigint not null default 0 check (store_fee_fixed_minor >= 0),
    seller_code text,
    reference_numerator bigint not null check (reference_numerator > 0),
    reference_denominator bigint not null check (reference_denominator > 0),
    primary key (version, region, channel),
    foreign key (version, seller_code) references price_seller (version, code)
);
comment on column price.unit_numerator is 'one coin costs unit_numerator / unit_denominator minor units, exactly';
comment on column price.step_minor is 'prices are rounded up to a multiple of this many minor units';
comment on column price.custom_amounts is 'whether other amounts than the packages can be bought';
comment on column price.store_fee_fixed_minor is 'what the channel is expected to keep of each payment beside its share';
comment on column price.seller_code is 'null: the seller of the settings';
comment on column price.reference_numerator is
    'one coin with tax costs reference_numerator / reference_denominator US cents at the rates of the book';

create table package (
    version integer not null,
    region text not null,
    channel text not null,
    coins bigint not null check (coins > 0),
    price_minor bigint not null check (price_minor > 0),
    sort integer not null,
    best_value boolean not null default false,
    saving_percent integer check (saving_percent between 1 and 99),
    offer_code text check (offer_code ~ '^[a-z0-9-]{1,40}$'),
    offer_price_minor bigint check (offer_price_minor > 0),
    offer_starts_at timestamptz,
    offer_ends_at timestamptz,
    primary key (version, region, channel, coins),
    foreign key (version, region, channel) references price (version, region, channel),
    constraint package_offer_is_whole check (
        num_nulls(offer_code, offer_price_minor, offer_starts_at, offer_ends_at) in (0, 4)),
    constraint package_offer_ends_after_it_starts check (offer_ends_at > offer_starts_at)
);
comment on column package.best_value is 'claims that no other way to buy coins here costs as little per coin';
comment on column package.saving_percent is 'claims to cost this much less than the same coins in the apps';

-- What is published is never changed, by nobody: not even by whoever owns the tables.
create function price_book_never_changes() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' and tg_table_name <> 'price_book'
        and (select written_in from price_book b where b.version = new.version) = pg_current_xact_id() then
        return new;
    end if;
    raise check_violation using
        message = 'a published price book is never changed; publish a new version',
        constraint = 'price_book_never_changes', table = tg_table_name;
end $$;
create trigger price_book_never_changes before update or delete on price_book
    for each row execute function price_book_never_changes();
create trigger price_never_changes before insert or update or delete on price
    for each row execute function price_book_never_changes();
create trigger package_never_changes before insert or update or delete on package
    for each row execute function price_book_never_changes();
create trigger price_seller_never_changes before insert or update or delete on price_seller
    for each row execute function price_book_never_changes();

-- A draft is text, kept as the operator wrote it, until it is published.
create table price_draft (
    draft_id uuid primary key,
    name text not null check (name <> ''),
    request text not null,
    toml text not null,
    revision integer not null default 1 check (revision > 0),
    created_at timestamptz not null,
    created_by bigint references person (id),
    changed_at timestamptz not null,
    changed_by bigint references person (id),
    published_version integer references price_book (version)
);
comment on column price_draft.revision is 'rises with each change, so that nobody overwrites what they have not seen';
comment on column price_draft.request is 'what was asked when it was made, as canonical JSON';
create index price_draft_by_change on price_draft (changed_at desc, draft_id desc);

-- Tax rates by the days they hold (UTC). Rows are only added: the latest decision of an operator that covers a day
-- holds on it, else the latest row of the published data.
create table tax_rate (
    tax_rate_id bigint generated always as identity primary key,
    country text not null check (country ~ '^[A-Z]{2}$'),
    name text not null check (name <> ''),
    rate_bps integer not null check (rate_bps between 0 and 10000),
    valid_from date not null,
    valid_until date,
    source text not null check (source <> ''),
    is_override boolean not null,
    recorded_at timestamptz not null,
    recorded_by bigint references person (id),
    request_id uuid unique,
    check (valid_until > valid_from)
);
comment on column tax_rate.valid_until is 'the first day it holds no more; null: until something else does';
comment on column tax_rate.source is 'the data it comes from, or why the operator decided it';
create index tax_rate_by_country on tax_rate (country, is_override desc, tax_rate_id desc);

grant select, insert on price_book, price_book_withdrawal, price_seller, price, package, tax_rate to plaudit_app;
grant select, insert, delete, update (name, toml, revision, changed_at, changed_by, published_version) on price_draft
    to plaudit_app;
