-- What a video is called to somebody who gave on it, or had it: while nobody may look at it, what it was called before.
create or replace function title_known_to(p_video video, p_person_id bigint, p_at timestamptz) returns text
language sql stable set search_path = public, pg_temp as $$
    select case when p_video.owner_id = p_person_id
            or p_video.state not in ('private', 'deleted') and (p_video.published_at is null or p_video.published_at <= p_at)
        then p_video.title else p_video.public_title end
$$;
grant execute on function title_known_to to plaudit_app;
