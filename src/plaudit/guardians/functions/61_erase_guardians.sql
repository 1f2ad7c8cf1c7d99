-- Who answered for whom, of somebody who is being erased. What was said is gone before: rules and brakes erase theirs first.
create or replace function erase_guardians(p_person_id bigint, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform require_erasing(p_person_id);
    delete from guardianship where p_person_id in (guardian_id, minor_id);
    delete from guardian_invitation where p_person_id in (guardian_id, minor_id);
    return 0;
end $$;
revoke execute on function erase_guardians from public;
grant execute on function erase_guardians to plaudit_app;
