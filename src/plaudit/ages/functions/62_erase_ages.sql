-- What the wallet of somebody who is being erased was asked.
create or replace function erase_ages(p_person_id bigint, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform require_erasing(p_person_id);
    delete from age_request where person_id = p_person_id;
    return 0;
end $$;
revoke execute on function erase_ages from public;
grant execute on function erase_ages to plaudit_app;
