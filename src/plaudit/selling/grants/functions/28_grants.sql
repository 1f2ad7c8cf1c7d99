-- Which grants one operator gives alone, and to whom nobody does.

-- Whether a grant needs a decision: a large one, or beyond what one operator gives alone in a day of UTC, by all accounts that
-- are linked to theirs.
create or replace function grant_needs_two(p_coins bigint, p_operator_id bigint, p_at timestamptz)
returns boolean language sql stable set search_path = public, pg_temp as $$
    select p_coins > decision_bound_of('grant_alone_coins')
        or p_coins + coalesce((
            select sum(coins) from coin_grant
            where granted_by in (select accounts_of(p_operator_id)) and decision_id is null
                and granted_at >= date_trunc('day', p_at, 'UTC')
        ), 0) > decision_bound_of('grant_alone_day_coins')
$$;

create or replace function grant_takes_two() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if are_linked(new.granted_by, nullif(new.person_id, new.granted_by)) then
        raise exception 'nobody gives coins to an account linked to theirs'
            using errcode = 'check_violation', constraint = 'grant_not_to_oneself';
    end if;
    if new.decision_id is null and grant_needs_two(new.coins, new.granted_by, new.granted_at)
        or new.decision_id is not null
            and (select beneficiary_id from decision where id = new.decision_id) is distinct from new.person_id
    then
        raise exception 'a grant of so much needs a confirmed decision'
            using errcode = 'check_violation', constraint = 'grant_is_decided';
    end if;
    return new;
end $$;
create or replace trigger grant_takes_two before insert on coin_grant for each row execute function grant_takes_two();
create or replace trigger grant_is_decided before insert on coin_grant
    for each row when (new.decision_id is not null) execute function require_decision('grant', 'coins');

grant execute on function grant_needs_two to plaudit_app;
