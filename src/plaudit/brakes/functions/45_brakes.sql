-- What somebody says of their brakes, and what the books hold of it.

-- Accounts that count as one person's, the lowest first.
create or replace function spending_accounts(p_person_id bigint) returns bigint[]
language sql stable set search_path = public, pg_temp as $$
    select array_agg(id order by id) from accounts_of(p_person_id) id
$$;

-- What holds of each kind at a moment: the newest that was not withdrawn.
create or replace function limits_in_force(p_person_id bigint, p_at timestamptz) returns setof brake_limit
language sql stable set search_path = public, pg_temp as $$
    select distinct on (l.kind) l.* from brake_limit l
    where l.person_id = p_person_id and l.withdrawn_at is null and l.effective_at <= p_at
    order by l.kind, l.effective_at desc, l.number desc
$$;

-- The same with what guardians set: what holds, whoever said it.
create or replace function limits_that_hold(p_person_id bigint, p_at timestamptz) returns setof brake_limit
language sql stable set search_path = public, pg_temp as $$
    select * from limits_in_force(p_person_id, p_at)
    union all
    select l.* from guardian_limit g
    cross join lateral jsonb_populate_record(null::brake_limit, to_jsonb(g) || '{"night_asks": false}') l
    where g.person_id = p_person_id and not g.is_over
$$;

create or replace function is_minute_of_night(p_minute integer, p_night brake_limit) returns boolean
language sql immutable set search_path = public, pg_temp as $$
    select case when p_night.night_from_minute < p_night.night_to_minute
        then p_minute >= p_night.night_from_minute and p_minute < p_night.night_to_minute
        else p_minute >= p_night.night_from_minute or p_minute < p_night.night_to_minute end
$$;

-- Whether a night leaves a minute free that another has, or only asks where that one refuses.
create or replace function is_looser_night(p_new brake_limit, p_old brake_limit) returns boolean
language sql immutable set search_path = public, pg_temp as $$
    select exists (
        select from generate_series(0, 1439) m
        where is_minute_of_night(m, p_old) and not coalesce(is_minute_of_night(m, p_new), false)
    ) or p_new.night_asks and not p_old.night_asks
$$;

-- Whether a limit leaves more room than another of its kind.
create or replace function is_looser(p_new brake_limit, p_old brake_limit) returns boolean
language sql immutable set search_path = public, pg_temp as $$
    select case p_new.kind
        when 'night' then p_old.night_from_minute is not null and is_looser_night(p_new, p_old)
        when 'remind_minutes' then p_old.minutes < coalesce(p_new.minutes, 2147483647)
        else p_old.amount_minor < coalesce(p_new.amount_minor, 9223372036854775807) end
$$;

-- Lay on the wallets of a person what all their accounts say together: of each kind the strictest. Amounts in another
-- currency than that of the account which said its first count as what so many coins are worth.
create or replace function lay_brakes(p_person_id bigint, p_at timestamptz)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
    members constant bigint[] := spending_accounts(p_person_id);
    terms brake_terms;
    night brake_limit;
    b brake;
begin
    select * into terms from brake_terms where person_id = any (members) order by set_at, person_id limit 1;
    update brake_limit set is_laid = true
    where person_id = any (members) and not is_laid and withdrawn_at is null and effective_at <= p_at;
    update brake_pause set is_over = true where person_id = any (members) and not is_over and ends_at <= p_at;
    select max(ends_at) into b.stopped_until from (
        select ends_at from brake_pause where person_id = any (members) and ends_at > p_at
        union all select 'infinity' from guardian_stop where person_id = any (members) and ended_at is null) stops;
    select min(m) filter (where kind = 'gift'), min(m) filter (where kind = 'creator'), min(m) filter (where kind = 'session'),
        min(m) filter (where kind = 'day'), min(m) filter (where kind = 'week'), min(m) filter (where kind = 'month'),
        min(m) filter (where kind = 'ask'), min(m) filter (where kind = 'remind_amount')
    into b.gift_max, b.creator_max, b.session_max, b.day_max, b.week_max, b.month_max, b.ask_above, b.remind_each
    from (
        select l.kind, case when t.currency = terms.currency then l.amount_minor * 1000000
            else trunc(l.amount_minor * 1000000::numeric * terms.coin_worth / t.coin_worth)::bigint end as m
        from unnest(members) p cross join lateral limits_that_hold(p, p_at) l join brake_terms t on t.person_id = p
    ) said;
    select l.* into night from unnest(members) p cross join lateral limits_that_hold(p, p_at) l
    where l.kind = 'night' and l.night_from_minute is not null
    order by l.night_asks, exists (select from guardian_limit g where g.id = l.id) desc, l.person_id limit 1;
    b.night_from_minute := night.night_from_minute;
    b.night_to_minute := night.night_to_minute;
    b.night_asks := night.night_asks;
    if num_nonnulls(b.stopped_until, b.gift_max, b.creator_max, b.session_max, b.day_max, b.week_max, b.month_max, b.ask_above,
        b.remind_each, b.night_from_minute) > 0
        or exists (select from unnest(members) p cross join lateral limits_that_hold(p, p_at) l
            where l.kind = 'remind_minutes' and l.minutes is not null)
    then
        b.currency := terms.currency;
        b.coin_worth := terms.coin_worth;
        b.time_zone := terms.time_zone;
    end if;
    perform lay_brake(members, b, p_at);
end $$;

-- Whose turn it is to say something of their brakes, which they have from now on. A currency is chosen where no limit
-- holds or waits.
create or replace function begin_to_brake(
    p_person_id bigint, p_currency text, p_coin_worth bigint, p_time_zone text, p_at timestamptz
) returns brake_terms language plpgsql set search_path = public, pg_temp as $$
declare
    terms brake_terms;
begin
    perform lock_wallets(spending_accounts(p_person_id));
    insert into brake_terms (person_id, currency, coin_worth, time_zone, set_at)
    values (p_person_id, p_currency, p_coin_worth, coalesce(p_time_zone, 'UTC'), p_at) on conflict do nothing;
    select * into terms from brake_terms where person_id = p_person_id;
    if terms.currency <> p_currency and not exists (
        select from limits_that_hold(p_person_id, p_at) l where num_nonnulls(l.amount_minor, l.minutes, l.night_from_minute) > 0
    ) and not exists (
        select from brake_limit l where l.person_id = p_person_id and not l.is_laid and l.withdrawn_at is null
    ) and not exists (select from brake_pause p where p.person_id = p_person_id and p.ends_at > p_at)
        and not exists (select from guardian_stop g where g.person_id = p_person_id and g.ended_at is null)
    then
        update brake_terms set currency = p_currency, coin_worth = p_coin_worth, set_at = p_at where person_id = p_person_id;
    end if;
    update brake_terms set time_zone = p_time_zone where person_id = p_person_id and p_time_zone <> time_zone;
    select * into terms from brake_terms where person_id = p_person_id;
    return terms;
end $$;

-- set_limit(): what somebody says of one kind. Stricter than what holds: it holds at once, and nothing waits any more.
-- Looser: it waits as long as brake_rule says. Once per id.
--   said      as p_limit has it
--   conflict  the id was used for something else
--   looser    and p_may_loosen is false
create or replace function set_limit(
    p_limit brake_limit, p_currency text, p_coin_worth bigint, p_time_zone text, p_may_loosen boolean, out outcome text
) language plpgsql security definer set search_path = public, pg_temp as $$
declare
    said brake_limit := p_limit;
    known brake_limit;
    held brake_limit;
    zone_before text;
begin
    select time_zone into zone_before from brake_terms where person_id = said.person_id;
    perform begin_to_brake(said.person_id, p_currency, p_coin_worth, p_time_zone, said.set_at);
    select * into known from brake_limit where id = said.id;
    if found then
        outcome := case when (known.person_id, known.kind, known.amount_minor, known.minutes, known.night_from_minute,
                known.night_to_minute, known.night_asks)
            is not distinct from (said.person_id, said.kind, said.amount_minor, said.minutes, said.night_from_minute,
                said.night_to_minute, said.night_asks) then 'said' else 'conflict' end;
        return;
    end if;
    select * into held from limits_in_force(said.person_id, said.set_at) l where l.kind = said.kind;
    said.effective_at := said.set_at;
    if coalesce(is_looser(said, held), false) then
        said.effective_at := said.set_at + make_interval(secs => (select seconds from brake_rule where name = said.kind));
        if not p_may_loosen and said.effective_at > said.set_at then
            outcome := 'looser';
            return;
        end if;
    end if;
    update brake_limit set withdrawn_at = said.set_at
    where person_id = said.person_id and kind = said.kind and not is_laid and withdrawn_at is null;
    insert into brake_limit (id, person_id, kind, amount_minor, minutes, night_from_minute, night_to_minute, night_asks, set_at,
        effective_at)
    values (said.id, said.person_id, said.kind, said.amount_minor, said.minutes, said.night_from_minute, said.night_to_minute,
        said.night_asks, said.set_at, said.effective_at);
    if said.effective_at = said.set_at or zone_before is distinct from p_time_zone then
        perform lay_brakes(said.person_id, said.set_at);
    end if;
    outcome := 'said';
end $$;

-- withdraw_limit(): what waits of a kind will not come. Answers whether something waited.
create or replace function withdraw_limit(p_person_id bigint, p_kind text, p_at timestamptz)
returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform lock_wallets(spending_accounts(p_person_id));
    update brake_limit set withdrawn_at = p_at
    where person_id = p_person_id and kind = p_kind and not is_laid and withdrawn_at is null and effective_at > p_at;
    return found;
end $$;

-- set_pause(): nothing is bought or given until a moment. Once per id; false when the id was used for another.
create or replace function set_pause(
    p_id uuid, p_person_id bigint, p_kind text, p_at timestamptz, p_ends_at timestamptz, p_currency text, p_coin_worth bigint,
    p_time_zone text
) returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform begin_to_brake(p_person_id, p_currency, p_coin_worth, p_time_zone, p_at);
    insert into brake_pause (id, person_id, kind, began_at, ends_at) values (p_id, p_person_id, p_kind, p_at, p_ends_at)
    on conflict (id) do nothing;
    if not found then
        return exists (select from brake_pause where id = p_id and person_id = p_person_id and kind = p_kind
            and ends_at - began_at = p_ends_at - p_at);
    end if;
    perform lay_brakes(p_person_id, p_at);
    return true;
end $$;

-- lock_brake(): the brake of a person at a moment, which stays as it is until the transaction ends; null without one.
create or replace function lock_brake(p_person_id bigint, p_at timestamptz)
returns brake language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if exists (select from wallet where shard = shard_of(p_person_id) and viewer_id = p_person_id and brake_id is not null) then
        perform lock_wallets(spending_accounts(p_person_id));
    end if;
    return brake_of(p_person_id, p_at);
end $$;

-- lay_due_brakes(): limits whose time has come and pauses that are over, of at most so many people; answers of how many.
create or replace function lay_due_brakes(p_at timestamptz, p_people_max integer)
returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare
    due bigint;
    people integer := 0;
begin
    for due in
        select person_id from brake_limit where not is_laid and withdrawn_at is null and effective_at <= p_at
        union select person_id from brake_pause where not is_over and ends_at <= p_at
        order by person_id limit p_people_max
    loop
        perform lock_wallets(spending_accounts(due));
        perform lay_brakes(due, p_at);
        people := people + 1;
    end loop;
    return people;
end $$;

-- Accounts that are linked have one brake from then on; those that no longer are, their own.
create or replace function linked_accounts_brake_together() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    at constant timestamptz := coalesce(new.ended_at, new.linked_at);
begin
    if exists (select from brake_terms where person_id = any (spending_accounts(new.person_id) || spending_accounts(new.other_id))) then
        -- What they shared is the brake of the least of them: whoever parts from it is first, and sees it as it was.
        perform lay_brakes(p, at)
        from (select p from unnest(array[new.person_id, new.other_id]) p order by (spending_accounts(p))[1] desc) parted;
    end if;
    return null;
end $$;
create or replace trigger linked_accounts_brake_together after insert or update of ended_at on person_link
    for each row execute function linked_accounts_brake_together();

revoke execute on function spending_accounts, limits_in_force, limits_that_hold, is_looser_night, is_minute_of_night, is_looser, lay_brakes, begin_to_brake,
    set_limit, withdraw_limit, set_pause, lay_due_brakes, lock_brake, linked_accounts_brake_together from public;
grant execute on function spending_accounts, limits_in_force, set_limit, withdraw_limit, set_pause, lock_brake, lay_due_brakes to plaudit_app;
