-- Two accounts that turned out to be one person's. No value moves: the one that goes has none left, stands still from then on,
-- and counts together with the one that stays for ever.

create or replace function merge_person(p_id uuid, p_merged_id bigint, p_into_id bigint, p_at timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform pg_advisory_xact_lock(hashtext('plaudit.decision'));
    perform lock_wallets(array[p_merged_id, p_into_id]);  -- before people, as whoever orders does
    perform from person where id in (p_merged_id, p_into_id) order by id for update;
    if exists (select from erasure_obstacles(p_merged_id, p_at)) then
        raise exception 'something is in the way of merging person %', p_merged_id
            using errcode = 'check_violation', constraint = 'merge_is_not_obstructed';
    end if;
    perform link_merged(p_id, p_merged_id, p_into_id, p_at);
    perform move_merged(p_id, p_merged_id, p_into_id, p_at);
    perform freeze_merged(p_id, p_merged_id, p_at);
    perform archive_methods(p_merged_id, p_at);
end $$;

-- What a merge left stays: an account that is no more does not go on, nor counts as another's again.
create or replace function merged_stands_still() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if exists (select from person_move m where m.merged_id = new.person_id and m.id = new.id) then
        raise exception 'this account turned out to be another one''s'
            using errcode = 'check_violation', constraint = 'merged_stands_still';
    end if;
    return new;
end $$;
create or replace trigger merged_stands_still before update of lifted_at on freeze_record
    for each row when (new.lifted_at is not null) execute function merged_stands_still();

create or replace function merged_stays_linked() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if exists (select from person_move m
        where m.merged_id in (new.person_id, new.other_id) and m.person_id in (new.person_id, new.other_id))
    then
        raise exception 'these accounts turned out to be one person''s'
            using errcode = 'check_violation', constraint = 'merged_stays_linked';
    end if;
    return new;
end $$;
create or replace trigger merged_stays_linked before update of ended_at on person_link
    for each row when (new.ended_at is not null) execute function merged_stays_linked();

-- What a key alone does not lead to another subject: operators, and more coins or diamonds than bounds say.
create or replace function rename_obstacles(p_person_id bigint) returns table (code text, amount bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    with me as (select shard_of(p_person_id) as shard), owned (code, amount, most) as (
        select 'coins', coalesce(sum(w.coins), 0)::bigint, decision_bound_of('rename_alone_coins') from wallet w, me
        where w.shard = me.shard and w.viewer_id = p_person_id
        union all
        select 'diamonds', coalesce(sum(n), 0)::bigint, decision_bound_of('rename_alone_diamonds') from (
            select a.balance from account a, me
            where a.shard = me.shard and a.owner_id = p_person_id and a.kind in ('diamonds_available', 'diamonds_pending')
            union all select g.balance from gift_balance g, me where g.shard = me.shard and g.creator_id = p_person_id) e (n)
    )
    select code, amount from owned where amount > most
    union all
    select 'staff', n from staff_roles_of(p_person_id) n where n > 0
$$;

-- Somebody has another subject, as their platform's server says: whoever comes by it has all that is theirs.
create or replace function rename_person(p_id uuid, p_person_id bigint, p_subject text, p_at timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform lock_wallets(array[p_person_id]);
    if exists (select from rename_obstacles(p_person_id)) then
        raise exception 'a key alone leads person % to no other subject', p_person_id
            using errcode = 'check_violation', constraint = 'rename_is_not_obstructed';
    end if;
    perform move_subject(p_id, p_person_id, p_subject, p_at);
end $$;

revoke execute on function merge_person, rename_person, rename_obstacles from public;
grant execute on function merge_person, rename_person, rename_obstacles to plaudit_app;
