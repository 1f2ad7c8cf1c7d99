-- What somebody who is being erased called their videos, and where those are.
create or replace function erase_videos(p_person_id bigint, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
begin
    perform require_erasing(p_person_id);
    with chosen as (select id from video where owner_id = p_person_id and title <> '–' limit p_rows_max for no key update)
    update video v set title = '–', state = 'deleted', cover_url = null, hls_url = null, external_id = 'erased-' || v.id
    from chosen s where v.id = s.id;
    get diagnostics done = row_count;
    update video set public_title = null where owner_id = p_person_id and public_title is not null;
    return done;
end $$;
grant execute on function erase_videos to plaudit_app;
