-- What operators wrote of whom an account is linked to, of somebody who is being erased.
create or replace function erase_decisions(p_person_id bigint, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform require_erasing(p_person_id);
    update person_link set note = 'erased' where p_person_id in (person_id, other_id);
    return 0;
end $$;
grant execute on function erase_decisions to plaudit_app;
