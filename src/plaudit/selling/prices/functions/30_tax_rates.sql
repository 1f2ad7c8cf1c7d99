-- Tax rates of operators are decided, and how far one may go from what holds, held lately or will hold.

-- Of a country, or of a part of it, in millionths: whether a rate from a day on is within bounds on each day it matters.
create or replace function tax_rate_is_within(
    p_country text, p_subdivision text, p_rate_ppm integer, p_valid_from date, p_at timestamptz
) returns boolean language plpgsql stable set search_path = public, pg_temp as $$
begin
    return not rewards_are_in_use() or not exists (
        with begun as (
            select (p_at - make_interval(secs => decision_bound_of('change_window_s')))::date as day
        ), rate as (
            select 100 * rate_bps as ppm, valid_from, valid_until, is_override, tax_rate_id as id from tax_rate
            where p_subdivision is null and country = p_country
            union all
            select rate_ppm, valid_from, valid_until, is_override, subdivision_tax_rate_id from subdivision_tax_rate
            where country = p_country and subdivision = p_subdivision
        ), day as (
            select day from begun
            union select p_valid_from
            union select x.day from rate, begun, unnest(array[valid_from, valid_until]) as x (day) where x.day > begun.day
        )
        select from day d cross join lateral (
            select r.ppm from rate r
            where r.valid_from <= d.day and (r.valid_until is null or d.day < r.valid_until)
            order by r.is_override desc, r.id desc limit 1
        ) held
        where abs(p_rate_ppm - held.ppm) > 100 * decision_bound_of('tax_rate_change_bps')
    );
end $$;

create or replace function tax_rate_is_bounded() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if not tax_rate_is_within(new.country, to_jsonb(new) ->> 'subdivision',
        coalesce((to_jsonb(new) ->> 'rate_ppm')::integer, 100 * (to_jsonb(new) ->> 'rate_bps')::integer), new.valid_from,
        new.recorded_at)
    then
        raise exception 'a tax rate is too far from what it takes the place of'
            using errcode = 'check_violation', constraint = 'tax_rate_is_bounded';
    end if;
    return new;
end $$;

-- Rates that come with Plaudit are not decided where nothing held before; another one of a later release is.
create or replace function tax_rate_comes_with_the_house() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if new.rate_bps is distinct from coalesce((
            select t.rate_bps from tax_rate t where t.country = new.country order by t.is_override, t.tax_rate_id desc limit 1
        ), new.rate_bps)
        and not pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'usage')
    then
        raise exception 'another rate than what came with the house needs a confirmed decision'
            using errcode = 'check_violation', constraint = 'tax_rate_is_decided';
    end if;
    return new;
end $$;
create or replace trigger tax_rate_comes_with_the_house before insert on tax_rate
    for each row when (not new.is_override and new.recorded_by is null) execute function tax_rate_comes_with_the_house();
create or replace trigger tax_rate_is_decided before insert on tax_rate
    for each row when (new.is_override or new.recorded_by is not null)
    execute function require_decision('tax_rate', 'country', 'name', 'rate_bps', 'valid_from', 'valid_until');
create or replace trigger tax_rate_is_bounded before insert on tax_rate
    for each row when (new.decision_id is not null) execute function tax_rate_is_bounded();
create or replace trigger subdivision_tax_rate_is_decided before insert on subdivision_tax_rate
    for each row when (new.is_override or new.recorded_by is not null)
    execute function require_decision('subdivision_tax_rate', 'country', 'subdivision', 'name', 'rate_ppm', 'valid_from',
        'valid_until');
create or replace trigger subdivision_tax_rate_is_bounded before insert on subdivision_tax_rate
    for each row when (new.decision_id is not null) execute function tax_rate_is_bounded();

grant execute on function tax_rate_is_within to plaudit_app;
