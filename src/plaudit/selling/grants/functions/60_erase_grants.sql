-- Why somebody who is being erased was given coins.
create or replace function erase_grants(p_person_id bigint, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform require_erasing(p_person_id);
    update coin_grant set reason = 'erased' where shard = shard_of(p_person_id) and person_id = p_person_id and reason <> 'erased';
    return 0;
end $$;
grant execute on function erase_grants to plaudit_app;
