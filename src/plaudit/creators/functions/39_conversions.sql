-- A conversion is what its rule makes of its coins, and a creator's diamonds come of conversions. Whoever writes the rows.

-- Whether a rule held at a moment, or until a minute before: others may have read it while its successor was written.
create or replace function reward_rule_held(p_rule reward_rule, p_at timestamptz) returns boolean
language sql stable set search_path = public, pg_temp as $$
    select p_rule.effective_at <= p_at and not exists (
        select from reward_rule later
        where (later.effective_at, later.version) > (p_rule.effective_at, p_rule.version)
            and later.effective_at <= p_at - interval '1 minute')
$$;

-- Whether a conversion says the diamonds of its coins, and when they mature, by the rule that held.
create or replace function conversion_is_at_its_rule(p_conversion conversion) returns boolean
language sql stable set search_path = public, pg_temp as $$
    select exists (
        select from reward_rule r
        where r.version = p_conversion.rule_version and reward_rule_held(r, p_conversion.converted_at)
            and p_conversion.diamonds = div(p_conversion.coins::numeric * r.numerator, r.denominator)
            and p_conversion.matures_at = p_conversion.converted_at + make_interval(secs => r.maturity_s))
$$;

create or replace function converted_at_its_rule() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if not conversion_is_at_its_rule(new) then
        raise exception 'a conversion is at the rule that holds'
            using errcode = 'check_violation', constraint = 'converted_at_its_rule';
    end if;
    return null;
end $$;
create or replace trigger converted_at_its_rule after insert on conversion
    for each row execute function converted_at_its_rule();

grant execute on function reward_rule_held, conversion_is_at_its_rule to plaudit_app;
