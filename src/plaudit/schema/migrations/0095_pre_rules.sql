-- Rules of countries: packs as they were published, what is known of ages, what was decided where value moved, and how
-- often people were refused or asked.

-- A pack takes the place of the one before it in its country when it begins. Packs that came with Plaudit are files.
create table policy_pack (
    version integer primary key check (version > 0),
    country text not null check (country ~ '^[A-Z]{2}$'),
    text text not null check (text ~ '\S' and length(text) <= 20000),
    loosens boolean not null,
    effective_at timestamptz not null,
    recorded_at timestamptz not null,
    recorded_by bigint not null,
    note text not null check (note ~ '\S'),
    decision_id uuid not null unique references decision (id),
    constraint policy_pack_begins_later check (effective_at > recorded_at)
);
comment on column policy_pack.text is 'TOML, as it was confirmed';
comment on column policy_pack.loosens is 'it lets be done what a pack before it does not';
create index policy_pack_of_country on policy_pack (country, effective_at desc, version desc);
grant select, insert on policy_pack to plaudit_app;

insert into decision_bound (name, version, value, recorded_at) values
    ('policy_pack_lead_s', 1, 3600, '2000-01-01 00:00Z'),
    ('policy_pack_loosening_lead_s', 1, 604800, '2000-01-01 00:00Z');

-- How old somebody is, as far as somebody found out: never a birthday. The surest that holds is believed.
create table age_assurance (
    id uuid primary key,
    person_id bigint not null references person (id),
    at_least smallint not null check (at_least between 0 and 120),
    under smallint check (under > at_least and under <= 121),
    level smallint not null check (level between 1 and 3),
    method text not null check (method ~ '^[a-z][a-z0-9_]{0,59}$'),
    source text not null check (source ~ '\S' and length(source) <= 60),
    proved_at timestamptz not null,
    until timestamptz check (until > proved_at),
    recorded_at timestamptz not null,
    key_id integer default acting_key(),
    revoked_at timestamptz check (revoked_at >= recorded_at),
    revoked_because text check (revoked_because ~ '\S' and length(revoked_because) <= 300),
    constraint age_assurance_says_something check (at_least > 0 or under is not null),
    constraint age_assurance_is_revoked_whole check ((revoked_at is null) = (revoked_because is null))
);
comment on column age_assurance.level is '1 claimed, 2 checked, 3 verified';
comment on column age_assurance.until is 'from when it proves nothing more; null: it does until it is revoked';
create index age_assurance_of_person on age_assurance (person_id, level desc, proved_at desc, id desc) where revoked_at is null;
grant select, insert (id, person_id, at_least, under, level, method, source, proved_at, until, recorded_at),
    update (revoked_at, revoked_because) on age_assurance to plaudit_app;

-- What was decided of an order, a conversion, a payout, and by which facts. Of gifts the moment says it: a pack begins when all
-- processes know of it.
create table rule_decision (
    shard integer not null,
    reference uuid not null,
    action text not null check (action ~ '^[a-z]+(_[a-z]+)*$'),
    person_id bigint not null,
    decided_at timestamptz not null,
    outcome text not null check (outcome in ('allow', 'ask')),
    rule text not null,
    version integer check (version >= 0),
    countries text[] not null,
    at_least smallint,
    under smallint,
    level smallint,
    method text,
    source text,
    primary key (shard, reference, action),
    constraint rule_decision_has_an_age check ((at_least is null) = (level is null) and (level is null) = (method is null)
        and (method is null) = (source is null))
);
comment on column rule_decision.reference is 'the order, conversion or payout';
comment on column rule_decision.outcome is 'ask: it went on all the same, as the operator has it';
comment on column rule_decision.version is 'of the pack; 0: it came with Plaudit; null: there is none';
create index rule_decision_of_person on rule_decision (shard, person_id, decided_at desc);
grant select, insert on rule_decision to plaudit_app;

-- How often a rule refused, or asked, on a day.
create table rule_tally (
    day date not null,
    rule text not null,
    version integer not null check (version >= 0),
    outcome text not null check (outcome in ('ask', 'refuse')),
    stopped boolean not null,
    times bigint not null check (times > 0),
    primary key (day, rule, version, outcome, stopped)
);
comment on column rule_tally.version is 'of the pack; 0: it came with Plaudit, or there is none';
grant select, insert, update (times), delete on rule_tally to plaudit_app;

-- Processes remember facts and packs; `facts:<person>` and `packs:<version>` tell them of another.
create function tell_facts() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    perform pg_notify('plaudit_ways_in', 'facts:' || (to_jsonb(new) ->> tg_argv[0]));
    return null;
end $$;
create function tell_pack() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    perform pg_notify('plaudit_ways_in', 'packs:' || new.version);
    return null;
end $$;
create trigger person_tells_facts after update of country, born_on on person for each row
    when ((new.country, new.born_on) is distinct from (old.country, old.born_on)) execute function tell_facts('id');
create trigger age_assurance_tells after insert or update on age_assurance
    for each row execute function tell_facts('person_id');
create trigger policy_pack_tells after insert on policy_pack for each row execute function tell_pack();
