-- How somebody who is being erased streamed: nothing of it opens anything any more.
create or replace function erase_streams(p_person_id bigint, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform require_erasing(p_person_id);
    update stream set name = replace(gen_random_uuid()::text, '-', '') where creator_id = p_person_id;
    update stream_key set hash = sha256(gen_random_uuid()::text::bytea), revoked_at = coalesce(revoked_at, now())
    where creator_id = p_person_id;
    return 0;
end $$;
grant execute on function erase_streams to plaudit_app;
