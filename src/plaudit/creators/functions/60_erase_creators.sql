-- Why somebody who is being erased was let off what they owed.
create or replace function erase_creators(p_person_id bigint, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform require_erasing(p_person_id);
    update debt_write_off set reason = 'erased'
    where shard = shard_of(p_person_id) and creator_id = p_person_id and reason <> 'erased';
    return 0;
end $$;
grant execute on function erase_creators to plaudit_app;
