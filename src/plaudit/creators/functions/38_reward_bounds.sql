-- How far reward rules may go from what holds, held within the window before, or will hold.

-- Whether anybody has converted anything: until then a house chooses freely what it begins with.
create or replace function rewards_are_in_use() returns boolean language sql stable set search_path = public, pg_temp as $$
    select exists (select from conversion)
$$;

-- The bound that a rule would exceed; null: none. How long diamonds stay pending is bounded downwards only.
create or replace function reward_rule_exceeds(p_numerator bigint, p_denominator bigint, p_maturity_s integer, p_at timestamptz)
returns text language sql stable set search_path = public, pg_temp as $$
    with begun as (select p_at - make_interval(secs => decision_bound_of('change_window_s')) as at), near as (
        select r.* from reward_rule r, begun
        where rewards_are_in_use() and (r.effective_at > begun.at or r.version = (
            select version from reward_rule where effective_at <= begun.at order by effective_at desc, version desc limit 1))
    )
    select case
        when bool_or(not is_within(p_numerator, p_denominator, numerator, denominator, decision_bound_of('reward_rule_change_bps')))
            then 'reward_rule_change_bps'
        when bool_or(maturity_s::numeric * 10000
                > p_maturity_s::numeric * (10000 + decision_bound_of('reward_rule_maturity_change_bps')))
            then 'reward_rule_maturity_change_bps'
    end from near
$$;

create or replace function reward_rule_is_bounded() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if reward_rule_exceeds(new.numerator, new.denominator, new.maturity_s, new.recorded_at) is not null then
        raise exception 'a reward rule is too far from what it takes the place of'
            using errcode = 'check_violation', constraint = 'reward_rule_is_bounded';
    end if;
    return new;
end $$;
create or replace trigger reward_rule_is_decided before insert on reward_rule
    for each row execute function require_decision('reward_rule', 'numerator', 'denominator', 'maturity_s', 'coins_min',
        'effective_at');
create or replace trigger reward_rule_is_bounded before insert on reward_rule
    for each row when (new.decision_id is not null) execute function reward_rule_is_bounded();

grant execute on function rewards_are_in_use, reward_rule_exceeds to plaudit_app;
