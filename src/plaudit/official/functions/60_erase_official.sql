-- What somebody reported who is being erased: that it was reported stays, without their words.
create or replace function erase_official(p_person_id bigint, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
begin
    perform require_erasing(p_person_id);
    with chosen as (
        select id from scam_report where person_id = p_person_id and (words <> 'erased' or about <> '') limit p_rows_max
    )
    update scam_report r set words = 'erased', about = '' from chosen c where r.id = c.id;
    get diagnostics done = row_count;
    return done;
end $$;
grant execute on function erase_official to plaudit_app;
