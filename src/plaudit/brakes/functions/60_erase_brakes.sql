-- What somebody said of their limits who is being erased. A pause that is not over outlives it as long as another account
-- is theirs, which it stops too; limits do not: the time of grace is longer than any of them would have waited.
create or replace function erase_brakes(p_person_id bigint, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    members constant bigint[] := spending_accounts(p_person_id);
    v_at constant timestamptz := (
        select begun_at from erasure where person_id = p_person_id and begun_at is not null and erased_at is null);
    is_left constant boolean := exists (
        select from unnest(members) m where not exists (select from erasure e where e.person_id = m and e.begun_at is not null));
    gone constant bigint[] := case when is_left then array[p_person_id] else members end;
begin
    perform require_erasing(p_person_id);
    perform let_spend(g.person_id, g.set_by, v_at, true) from (
        select person_id, set_by from guardian_limit where set_by = any (gone) and not is_over
        union select person_id, set_by from guardian_stop where set_by = any (gone) and ended_at is null) g;
    delete from guardian_limit where set_by = any (gone) or person_id = any (gone);
    delete from guardian_stop where set_by = any (gone) or person_id = any (gone);
    if not exists (select from brake_terms where person_id = any (gone)) then
        return 0;
    end if;
    perform lock_wallets(members);
    delete from brake_limit where person_id = any (gone);
    delete from brake_pause where person_id = any (gone) and not (is_left and ends_at > v_at);
    delete from brake_terms t
    where t.person_id = any (gone) and not exists (select from brake_pause p where p.person_id = t.person_id);
    perform lay_brakes(p_person_id, v_at);
    return 0;
end $$;
revoke execute on function erase_brakes from public;
grant execute on function erase_brakes to plaudit_app;
