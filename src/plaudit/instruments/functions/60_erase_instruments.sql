-- What somebody who is being erased was seen with.
create or replace function erase_instruments(p_person_id bigint, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
begin
    perform require_erasing(p_person_id);
    delete from instrument where ctid in (select ctid from instrument where person_id = p_person_id limit p_rows_max);
    get diagnostics done = row_count;
    return done;
end $$;
grant execute on function erase_instruments to plaudit_app;
