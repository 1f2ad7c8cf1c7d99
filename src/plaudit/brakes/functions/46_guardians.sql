-- What a guardian says of somebody's brakes. It holds at once, stricter or looser; who answers for whom is not known here.

-- set_guardian_limit(): what a guardian says of one kind. Once per id.
--   said      as p_limit has it
--   conflict  the id was used for something else
create or replace function set_guardian_limit(
    p_limit guardian_limit, p_currency text, p_coin_worth bigint, p_time_zone text, out outcome text
) language plpgsql security definer set search_path = public, pg_temp as $$
declare
    said constant guardian_limit := p_limit;
    known guardian_limit;
begin
    perform begin_to_brake(said.person_id, p_currency, p_coin_worth, p_time_zone, said.set_at);
    select * into known from guardian_limit where id = said.id;
    if found then
        outcome := case when (known.person_id, known.set_by, known.kind, known.amount_minor, known.night_from_minute,
                known.night_to_minute)
            is not distinct from (said.person_id, said.set_by, said.kind, said.amount_minor, said.night_from_minute,
                said.night_to_minute) then 'said' else 'conflict' end;
        return;
    end if;
    update guardian_limit set is_over = true
    where person_id = said.person_id and set_by = said.set_by and kind = said.kind and not is_over;
    insert into guardian_limit (id, person_id, set_by, kind, amount_minor, night_from_minute, night_to_minute, set_at)
    values (said.id, said.person_id, said.set_by, said.kind, said.amount_minor, said.night_from_minute, said.night_to_minute,
        said.set_at);
    perform lay_brakes(said.person_id, said.set_at);
    outcome := 'said';
end $$;

-- stop_spending(): nothing of somebody is given or bought until the guardian lets it go on. Repeating it changes nothing.
create or replace function stop_spending(
    p_id uuid, p_person_id bigint, p_set_by bigint, p_at timestamptz, p_currency text, p_coin_worth bigint
) returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform begin_to_brake(p_person_id, p_currency, p_coin_worth, null, p_at);
    insert into guardian_stop (id, person_id, set_by, began_at) values (p_id, p_person_id, p_set_by, p_at) on conflict do nothing;
    perform lay_brakes(p_person_id, p_at);
end $$;

-- let_spend(): what a guardian stopped goes on; p_limits: their limits end, too.
create or replace function let_spend(p_person_id bigint, p_set_by bigint, p_at timestamptz, p_limits boolean)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if not exists (select from brake_terms where person_id = p_person_id) then
        return;
    end if;
    perform lock_wallets(spending_accounts(p_person_id));
    update guardian_stop set ended_at = greatest(p_at, began_at)
    where person_id = p_person_id and set_by = p_set_by and ended_at is null;
    update guardian_limit set is_over = true
    where p_limits and person_id = p_person_id and set_by = p_set_by and not is_over;
    perform lay_brakes(p_person_id, p_at);
end $$;

revoke execute on function set_guardian_limit, stop_spending, let_spend from public;
grant execute on function set_guardian_limit, stop_spending, let_spend to plaudit_app;
