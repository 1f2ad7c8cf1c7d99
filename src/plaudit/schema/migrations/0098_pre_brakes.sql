-- What people say of their own brakes: limits in money, nights, reminders, breaks and self-exclusion. set_limit() and
-- set_pause() are the only ways to say it; the books hold what follows.

-- How somebody's limits are read. The currency, and what coins are worth in it that were not bought in it, stay as long as
-- there is a limit.
create table brake_terms (
    person_id bigint primary key references person (id),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    coin_worth bigint not null check (coin_worth > 0),
    time_zone text not null,
    set_at timestamptz not null
);
comment on column brake_terms.coin_worth is 'in millionths of the minor unit: the web price when the first limit was set';

create table brake_limit (
    id uuid primary key,
    number bigint not null generated always as identity,
    person_id bigint not null references brake_terms (person_id),
    kind text not null references brake_rule (name) check (kind <> 'session_gap'),
    amount_minor bigint check (amount_minor between 1 and 1000000000000),
    minutes integer check (minutes between 5 and 1440),
    night_from_minute smallint check (night_from_minute between 0 and 1439),
    night_to_minute smallint check (night_to_minute between 0 and 1439),
    night_asks boolean,
    set_at timestamptz not null,
    effective_at timestamptz not null check (effective_at >= set_at),
    key_id integer default acting_key(),
    withdrawn_at timestamptz check (withdrawn_at >= set_at),
    is_laid boolean not null default false,
    constraint brake_limit_is_of_its_kind check (
        (amount_minor is null or kind not in ('night', 'remind_minutes'))
        and (minutes is null or kind = 'remind_minutes')
        and (night_from_minute is null or kind = 'night')
        and (night_from_minute is null) = (night_to_minute is null) and (night_from_minute is null) = (night_asks is null)
        and night_from_minute is distinct from coalesce(night_to_minute, -1)),
    constraint brake_limit_is_withdrawn_before_it_holds check (withdrawn_at is null or not is_laid)
);
comment on table brake_limit is 'what was said, the newest that holds counts; without an amount, minutes or night: no such limit';
comment on column brake_limit.key_id is 'the server that said it for them';
comment on column brake_limit.is_laid is 'the books have it';
create index brake_limit_of_person on brake_limit (person_id, kind, effective_at desc, number desc);
create unique index brake_limit_waits on brake_limit (person_id, kind) where not is_laid and withdrawn_at is null;
create index brake_limit_due on brake_limit (effective_at) where not is_laid and withdrawn_at is null;

create table brake_pause (
    id uuid primary key,
    person_id bigint not null references person (id),
    kind text not null check (kind in ('break', 'exclusion')),
    began_at timestamptz not null,
    ends_at timestamptz not null,
    key_id integer default acting_key(),
    is_over boolean not null default false,
    constraint brake_pause_has_its_length check (case kind
        when 'break' then ends_at between began_at + interval '23 hours' and began_at + interval '31 days'
        else ends_at between began_at + interval '180 days' and began_at + interval '3660 days' and key_id is null end)
);
comment on table brake_pause is 'nothing is bought or given before it ends; nobody can end it early';
comment on column brake_pause.is_over is 'the books have it';
create index brake_pause_of_person on brake_pause (person_id, ends_at desc);
create index brake_pause_due on brake_pause (ends_at) where not is_over;

grant select on brake_terms, brake_limit, brake_pause to plaudit_app;

-- One more thing that a key may be given; whatever else may be by now, stays.
do $$
declare
    held constant text := (select pg_get_constraintdef(oid) from pg_constraint
        where conrelid = 'api_key'::regclass and conname = 'api_key_scopes_check');
begin
    alter table api_key drop constraint api_key_scopes_check;
    execute 'alter table api_key add constraint api_key_scopes_check '
        || regexp_replace(held, 'ARRAY\[', 'ARRAY[''limits''::text, ');
end $$;
