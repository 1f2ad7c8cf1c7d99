-- What somebody who is being erased called their rooms, and how those looked.
create or replace function erase_live(p_person_id bigint, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
begin
    perform require_erasing(p_person_id);
    delete from overlay_token where creator_id = p_person_id;
    with chosen as (
        select id from room where creator_id = p_person_id
            and (title <> '–' or cover_url is not null or cover_alt <> '' or stage_url is not null or external_id is not null)
        limit p_rows_max
    )
    update room r set title = '–', cover_url = null, cover_alt = '', stage_url = null, external_id = null, request_sha256 = null
    from chosen s where r.id = s.id;
    get diagnostics done = row_count;
    return done;
end $$;
grant execute on function erase_live to plaudit_app;
