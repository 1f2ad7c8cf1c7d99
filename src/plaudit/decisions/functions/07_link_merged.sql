-- An account that turned out to be another's counts together with it. For who owns the tables.
create or replace function link_merged(p_id uuid, p_merged_id bigint, p_into_id bigint, p_at timestamptz) returns void
language sql set search_path = public, pg_temp as $$
    insert into person_link (id, person_id, other_id, note, linked_by, linked_at)
    values (p_id, least(p_merged_id, p_into_id), greatest(p_merged_id, p_into_id), 'one person, as their platform says', 0, p_at)
    on conflict (person_id, other_id) where ended_at is null do nothing
$$;
revoke execute on function link_merged from public;
