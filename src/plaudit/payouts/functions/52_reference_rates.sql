-- Rates that follow the house's need no decision: so they are that rate at a reference rate, and nothing else.

-- The day of the reference rate that a rate says it is at.
create or replace function reference_day_of(p_rate payout_rate) returns date
language sql immutable set search_path = public, pg_temp as $$
    select substring(p_rate.source_note from '[0-9]{4}-[0-9]{2}-[0-9]{2}$')::date
$$;

-- Whether a rate is the house's, as it held then, at the reference rates of the day it names.
create or replace function payout_rate_follows(p_rate payout_rate) returns boolean
language sql stable set search_path = public, pg_temp as $$
    select exists (
        select from exchange_rate dollar
        join lateral (
            select per_euro from exchange_rate e where e.day = dollar.day and e.currency = p_rate.currency
            union all select 1 where p_rate.currency = 'EUR'
        ) quoted on true
        join payout_rate house on house.currency = 'USD' and payout_rate_held(house, p_rate.effective_at)
        where dollar.day = reference_day_of(p_rate) and dollar.currency = 'USD'
            and p_rate.numerator::numeric * house.denominator * dollar.per_euro * 100
                = p_rate.denominator::numeric * house.numerator * quoted.per_euro * 10::numeric ^ currency_places(p_rate.currency))
$$;

-- Of the newest day, or the one before it: another may have come since the rate was read.
create or replace function reference_rate_follows() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if not payout_rate_follows(new)
        or reference_day_of(new) < (select min(day) from (select distinct day from exchange_rate order by day desc limit 2) newest)
    then
        raise exception 'a rate that nobody decided is the house''s at the reference rate of the day'
            using errcode = 'check_violation', constraint = 'reference_rate_follows';
    end if;
    return null;
end $$;
create or replace trigger reference_rate_follows after insert on payout_rate
    for each row when (new.source = 'reference') execute function reference_rate_follows();

grant execute on function reference_day_of, payout_rate_follows to plaudit_app;
