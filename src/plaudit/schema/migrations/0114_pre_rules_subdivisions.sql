-- Packs of states and provinces, such as US-TX, and in which of them people are, as their platforms say.
alter table policy_pack drop constraint policy_pack_country_check;
alter table policy_pack add constraint policy_pack_country_check check (country ~ '^[A-Z]{2}(-[A-Z0-9]{1,3})?$');

create table person_subdivision (
    person_id bigint primary key references person (id),
    country text not null check (country ~ '^[A-Z]{2}$'),
    subdivision text not null check (subdivision ~ '^[A-Z0-9]{1,3}$'),
    told_at timestamptz not null,
    key_id integer default acting_key()
);
comment on column person_subdivision.country is 'whose part it is: somewhere else it says nothing';
grant select, insert (person_id, country, subdivision, told_at), update (country, subdivision, told_at, key_id), delete
    on person_subdivision to plaudit_app;

create function tell_subdivision() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    perform pg_notify('plaudit_ways_in', 'facts:' || coalesce(new.person_id, old.person_id));
    return null;
end $$;
create trigger person_subdivision_tells after insert or update or delete on person_subdivision
    for each row execute function tell_subdivision();
