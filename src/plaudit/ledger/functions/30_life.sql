-- The epoch of the database, which begins anew when its data may have gone back to an earlier moment, or when somebody
-- says so. Numbers of people, rooms and videos that were given in the life before are not given again: they begin beyond.
create or replace function begin_life(p_anew boolean, p_at timestamptz) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    c_numbers_left_out constant bigint := 1000000;
    v_place text := concat_ws('/',
        (select system_identifier from pg_control_system()), left(pg_walfile_name(pg_current_wal_lsn()), 8),
        (select oid from pg_database where datname = current_database()), 'ledger_setting'::regclass::oid);
    v_known database_life;
    v_epoch integer;
begin
    select * into v_known from database_life order by epoch desc limit 1;
    if v_known.place = v_place and not p_anew then
        return v_known.epoch;
    end if;
    select epoch into strict v_epoch from ledger_setting for update;
    select * into v_known from database_life order by epoch desc limit 1;
    if v_known.place = v_place and not p_anew then
        return v_known.epoch;  -- another process was first
    end if;
    if v_known.epoch is null and not p_anew then
        insert into database_life (epoch, place, began_at, payouts_compared_at) values (v_epoch, v_place, p_at, p_at);
        return v_epoch;
    end if;
    update ledger_setting set epoch = epoch + 1 returning epoch into v_epoch;
    insert into database_life (epoch, place, began_at) values (v_epoch, v_place, p_at);
    perform setval(sequence, nextval(sequence) + c_numbers_left_out)
    from unnest(array[pg_get_serial_sequence('person', 'id'), pg_get_serial_sequence('room', 'id')]) sequence;
    return v_epoch;
end $$;

-- Whether payouts of a life before were not compared yet with those who made them.
create or replace function payouts_wait() returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select from database_life where payouts_compared_at is null);
$$;

-- Somebody has compared them. How many lives that settles.
create or replace function settle_lives(p_at timestamptz) returns bigint
language sql security definer set search_path = public, pg_temp as $$
    with settled as (
        update database_life set payouts_compared_at = greatest(p_at, began_at)
        where payouts_compared_at is null returning epoch
    )
    select count(*) from settled;
$$;
