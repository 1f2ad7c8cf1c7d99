-- Cards, devices and addresses that accounts were seen with. Only a hash is kept, by a key the database does not have.
create table instrument (
    kind text not null check (kind in ('card', 'device', 'address')),
    print bytea not null check (length(print) = 32),
    person_id bigint not null references person (id),
    source text not null check (source in ('provider', 'host')),
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null check (last_seen_at >= first_seen_at),
    key_id integer default acting_key(),
    primary key (kind, print, person_id)
);
comment on column instrument.print is 'of the card, device or address, by the vault''s key: the same for one, whoever has it';
comment on column instrument.key_id is 'with which a server told of it first; null: a payment provider did';
comment on column instrument.source is 'who told: the payment provider, or the platform''s server';
create index instrument_of_person on instrument (person_id);
create index instrument_by_last_seen on instrument (last_seen_at);
grant select, insert, delete, update (last_seen_at) on instrument to plaudit_app;
