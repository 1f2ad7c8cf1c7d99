-- Tax rates that a later release publishes, other than those that hold: they hold once operators decided them.
create table published_tax_rate (
    country text not null check (country ~ '^[A-Z]{2}$'),
    published_on date not null,
    name text not null check (name ~ '\S'),
    rate_bps integer not null check (rate_bps between 0 and 10000),
    source text not null,
    recorded_at timestamptz not null,
    primary key (country, published_on)
);
comment on table published_tax_rate is 'what came with Plaudit and was not taken into tax_rate by itself';
grant select, insert on published_tax_rate to plaudit_app;
