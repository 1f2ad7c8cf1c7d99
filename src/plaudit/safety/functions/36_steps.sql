-- Whether a step of a kind holds of somebody at a moment, or of an account linked to theirs. Asked where diamonds mature,
-- orders begin and payouts are agreed to and sent.
create or replace function step_holds(p_person_id bigint, p_kind text, p_at timestamptz) returns boolean
language sql stable set search_path = public, pg_temp as $$
    select exists (select from safety_step where kind = p_kind and lifted_at is null and ends_at > p_at) and exists (
        select from safety_step s
        where s.kind = p_kind and s.lifted_at is null and s.began_at <= p_at and s.ends_at > p_at
            and s.person_id in (select accounts_of(p_person_id)))
$$;

-- How many coins somebody may buy within a day, by the strictest cap; null: as many as they like.
create or replace function coins_cap(p_person_id bigint, p_at timestamptz) returns bigint
language sql stable set search_path = public, pg_temp as $$
    select min(s.coins_max) from safety_step s
    where s.kind = 'cap' and s.lifted_at is null and s.began_at <= p_at and s.ends_at > p_at
        and s.person_id in (select accounts_of(p_person_id))
$$;
grant execute on function step_holds, coins_cap to plaudit_app;
