-- How far payout rates may go from what holds, held within the window before, or will hold.

create or replace function payout_rate_is_within(p_currency text, p_numerator bigint, p_denominator bigint, p_at timestamptz)
returns boolean language sql stable set search_path = public, pg_temp as $$
    with begun as (select p_at - make_interval(secs => decision_bound_of('change_window_s')) as at)
    select not exists (
        select from payout_rate r, begun
        where r.currency = p_currency
            and (r.effective_at > begun.at or r.version = (
                select version from payout_rate where currency = p_currency and effective_at <= begun.at
                order by effective_at desc, version desc limit 1))
            and not is_within(p_numerator, p_denominator, r.numerator, r.denominator, decision_bound_of('payout_rate_change_bps'))
    )
$$;

create or replace function payout_rate_is_bounded() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if not payout_rate_is_within(new.currency, new.numerator, new.denominator, new.recorded_at)
        or (select alone from decision where id = new.decision_id)
            and not exists (select from payout_rate where currency = new.currency and effective_at <= new.recorded_at)
    then
        raise exception 'a payout rate is too far from what it takes the place of, or one operator alone begins a currency'
            using errcode = 'check_violation', constraint = 'payout_rate_is_bounded';
    end if;
    return new;
end $$;
-- Rates that follow the house's are not decided.
create or replace trigger payout_rate_is_decided before insert on payout_rate
    for each row when (new.source <> 'reference')
    execute function require_decision('payout_rate', 'currency', 'numerator', 'denominator', 'effective_at');
create or replace trigger payout_rate_is_bounded before insert on payout_rate
    for each row when (new.decision_id is not null) execute function payout_rate_is_bounded();

grant execute on function payout_rate_is_within to plaudit_app;
