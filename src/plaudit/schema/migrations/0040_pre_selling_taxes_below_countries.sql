-- Tax below countries, in states and provinces, and what the tax of a quote rests on when it is not the rate of its country.

-- By the days they hold. Rows are only added; of those that hold on a day an operator's goes first, then the latest.
create table subdivision_tax_rate (
    subdivision_tax_rate_id bigint generated always as identity primary key,
    country text not null check (country ~ '^[A-Z]{2}$'),
    subdivision text not null check (subdivision ~ '^[A-Z0-9]{1,3}$'),
    name text not null check (name <> ''),
    rate_ppm integer not null check (rate_ppm between 0 and 1000000),
    valid_from date not null,
    valid_until date check (valid_until > valid_from),
    source text not null check (source <> ''),
    is_override boolean not null,
    recorded_at timestamptz not null,
    recorded_by bigint references person (id),
    request_id uuid unique
);
comment on column subdivision_tax_rate.subdivision is 'as in ISO 3166-2, without the country: ON, CA, NSW';
comment on column subdivision_tax_rate.rate_ppm is 'in millionths: 149750 is 14.975 %';
create index subdivision_tax_rate_by_place on subdivision_tax_rate (country, subdivision, is_override desc,
    subdivision_tax_rate_id desc);
insert into subdivision_tax_rate (country, subdivision, name, rate_ppm, valid_from, valid_until, source, is_override, recorded_at)
select 'CA', subdivision, name, rate_ppm, valid_from, valid_until, source, false, timestamptz '2000-01-01 00:00Z'
from (values
    ('ON', 'HST', 130000, '2010-07-01'::date, null::date, 'Excise Tax Act s. 165(2), HST of Ontario from 1 July 2010'),
    ('NB', 'HST', 150000, '2016-07-01', null, 'Excise Tax Act s. 165(2), HST of New Brunswick from 1 July 2016'),
    ('NL', 'HST', 150000, '2016-07-01', null, 'Excise Tax Act s. 165(2), HST of Newfoundland and Labrador from 1 July 2016'),
    ('PE', 'HST', 150000, '2016-10-01', null, 'Excise Tax Act s. 165(2), HST of Prince Edward Island from 1 October 2016'),
    ('NS', 'HST', 150000, '2010-07-01', '2025-04-01', 'Excise Tax Act s. 165(2), HST of Nova Scotia from 1 July 2010'),
    ('NS', 'HST', 140000, '2025-04-01', null, 'Excise Tax Act s. 165(2), HST of Nova Scotia from 1 April 2025')
) as harmonised (subdivision, name, rate_ppm, valid_from, valid_until, source)
union all
select 'CA', subdivision, 'GST', 50000, date '2008-01-01', null,
    'Excise Tax Act s. 165(1), GST from 1 January 2008; without the tax of the province, which asks for a registration of its own',
    false, timestamptz '2000-01-01 00:00Z'
from unnest(string_to_array('AB BC MB NT NU QC SK YT', ' ')) as subdivision;

-- What a provider answered is evidence: why a quote has the tax it has.
create table quote_tax (
    shard smallint not null,
    person_id bigint not null,
    quote_id uuid not null,
    country text not null,
    subdivision text not null check (subdivision ~ '^[A-Z0-9]{0,3}$'),
    postal_code text not null check (length(postal_code) <= 12),
    source text not null check (source <> ''),
    is_answer boolean not null,
    name text not null check (name <> ''),
    rate_ppm integer not null check (rate_ppm between 0 and 1000000),
    reference text not null,
    answered_at timestamptz not null,
    primary key (shard, person_id, quote_id),
    foreign key (shard, person_id, quote_id) references quote (shard, person_id, quote_id) on delete cascade
);
comment on table quote_tax is 'no row: the tax is that of the country';
comment on column quote_tax.source is 'the tax provider, or where the rate of the table is from';
comment on column quote_tax.is_answer is 'whether a tax provider said so';
comment on column quote_tax.reference is 'the provider''s own name of its answer';

alter table receipt add subdivision text check (subdivision ~ '^[A-Z0-9]{1,3}$');
comment on column receipt.subdivision is 'the state or province whose tax it is; null: the tax is that of the country';

grant select, insert on subdivision_tax_rate, quote_tax to plaudit_app;
