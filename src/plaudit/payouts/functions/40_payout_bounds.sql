-- How far payout rates and terms may go from what holds, held within the window before, or will hold.

create or replace function payout_rate_is_within(p_currency text, p_numerator bigint, p_denominator bigint, p_at timestamptz)
returns boolean language sql stable set search_path = public, pg_temp as $$
    with begun as (select p_at - make_interval(secs => decision_bound_of('change_window_s')) as at)
    select not rewards_are_in_use() or not exists (
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

-- The bound that terms would exceed; null: none. The first of a kind take the place of those of bank accounts.
create or replace function payout_terms_exceed(
    p_method_kind text, p_fee_bps integer, p_diamonds_min bigint, p_diamonds_per_day_max bigint, p_at timestamptz
) returns text language sql stable set search_path = public, pg_temp as $$
    with begun as (select p_at - make_interval(secs => decision_bound_of('change_window_s')) as at), near as (
        select t.* from payout_terms t, begun
        where rewards_are_in_use()
            and (t.method_kind = p_method_kind and t.effective_at > begun.at or t.version = (
                select version from payout_terms
                where method_kind in (p_method_kind, 'bank_account') and effective_at <= begun.at
                order by method_kind <> p_method_kind, effective_at desc, version desc limit 1))
    )
    select case
        when bool_or(not is_within(p_diamonds_per_day_max, 1, diamonds_per_day_max, 1, decision_bound_of('payout_terms_change_bps'))
                or not is_within(p_diamonds_min, 1, diamonds_min, 1, decision_bound_of('payout_terms_change_bps')))
            then 'payout_terms_change_bps'
        when bool_or(abs(p_fee_bps - fee_bps) > decision_bound_of('payout_terms_fee_bps')) then 'payout_terms_fee_bps'
    end from near
$$;

create or replace function payout_terms_are_bounded() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if payout_terms_exceed(new.method_kind, new.fee_bps, new.diamonds_min, new.diamonds_per_day_max, new.recorded_at) is not null then
        raise exception 'payout terms are too far from what they take the place of'
            using errcode = 'check_violation', constraint = 'payout_terms_are_bounded';
    end if;
    return new;
end $$;
create or replace trigger payout_terms_are_decided before insert on payout_terms
    for each row execute function require_decision('payout_terms', 'method_kind', 'fee_fixed_minor', 'fee_fixed_currency',
        'fee_bps', 'diamonds_min', 'diamonds_per_day_max', 'effective_at');
create or replace trigger payout_terms_are_bounded before insert on payout_terms
    for each row when (new.decision_id is not null) execute function payout_terms_are_bounded();

grant execute on function payout_rate_is_within, payout_terms_exceed to plaudit_app;
