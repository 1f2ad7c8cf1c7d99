-- A gift that stands still is not converted, a reward that does neither matures nor is paid out. Clawbacks take either all the same:
-- whose money is back is not asked what is looked into.

create or replace function freeze_is_of_what_was_earned() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if new.what = 'reward' then
        perform from conversion c where c.shard = shard_of(new.person_id) and c.id = new.conversion_id and c.creator_id = new.person_id;
    else
        perform from generate_series(0, (select shards - 1 from ledger_setting)) n (shard)
        join gift_part p on p.shard = n.shard and p.id = new.gift_id and p.creator_id = new.person_id and p.coins > 0;
    end if;
    if not found then
        raise foreign_key_violation using message = format('person %s earned no such %s', new.person_id, new.what);
    end if;
    return new;
end $$;
create or replace trigger freeze_is_of_what_was_earned before insert on freeze_record
    for each row when (new.what in ('gift', 'reward')) execute function freeze_is_of_what_was_earned();

create or replace function reward_stands_still(p_conversion_id uuid, p_at timestamptz) returns boolean
language sql stable set search_path = public, pg_temp as $$
    select exists (
        select from freeze_record f
        where f.conversion_id = p_conversion_id and f.lifted_at is null and (f.ends_at is null or f.ends_at > p_at))
$$;

-- A creator's coins of gifts that stand still, less what was taken back of them.
create or replace function frozen_coins_of(p_creator_id bigint, p_at timestamptz) returns bigint
language sql stable set search_path = public, pg_temp as $$
    select coalesce(sum(p.coins - coalesce(r.coins, 0)), 0)::bigint
    from (
        select distinct f.gift_id from freeze_record f
        where f.person_id = p_creator_id and f.what = 'gift' and f.lifted_at is null and (f.ends_at is null or f.ends_at > p_at)
    ) frozen
    cross join generate_series(0, (select shards - 1 from ledger_setting)) n (shard)
    join gift_part p on p.shard = n.shard and p.id = frozen.gift_id and p.creator_id = p_creator_id
    left join lateral (
        select sum(m.coins) as coins from gift_reversal m
        where m.shard = p.shard and m.viewer_id = p.viewer_id and m.gift_id = p.id and m.creator_id = p_creator_id and m.lifted_at is null
    ) r on true
$$;

-- A creator's available diamonds of rewards that stand still.
create or replace function frozen_diamonds_of(p_creator_id bigint, p_at timestamptz) returns bigint
language sql stable set search_path = public, pg_temp as $$
    select coalesce(sum(c.diamonds - c.diamonds_clawed), 0)::bigint
    from (
        select distinct f.conversion_id from freeze_record f
        where f.person_id = p_creator_id and f.what = 'reward' and f.lifted_at is null and (f.ends_at is null or f.ends_at > p_at)
    ) frozen
    join conversion c on c.shard = shard_of(p_creator_id) and c.id = frozen.conversion_id
    where c.matured_at is not null
$$;

create or replace function rewards_mature_in_time() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if reward_stands_still(new.id, new.matured_at) then
        raise exception 'reward % stands still', new.id using errcode = 'check_violation', constraint = 'reward_stands_still';
    end if;
    return null;
end $$;
create or replace trigger rewards_mature_in_time after update of matured_at on conversion
    for each row when (new.matured_at is not null and old.matured_at is null) execute function rewards_mature_in_time();

grant execute on function reward_stands_still, frozen_coins_of, frozen_diamonds_of to plaudit_app;
