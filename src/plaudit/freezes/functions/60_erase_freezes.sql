-- Words about somebody who is being erased; a trigger knows that they may go.
create or replace function erase_freezes(p_person_id bigint, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
begin
    perform require_erasing(p_person_id);
    with chosen as (
        select id from freeze_record where person_id = p_person_id and reason <> 'erased' limit p_rows_max
    )
    update freeze_record f set reason = 'erased' from chosen s where f.id = s.id;
    get diagnostics done = row_count;
    return done;
end $$;
grant execute on function erase_freezes to plaudit_app;
