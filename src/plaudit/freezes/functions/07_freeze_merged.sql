-- An account that turned out to be another's stands still. For who owns the tables.
create or replace function freeze_merged(p_id uuid, p_merged_id bigint, p_at timestamptz) returns void
language sql set search_path = public, pg_temp as $$
    insert into freeze_record (id, what, person_id, reason, frozen_at)
    values (p_id, 'person', p_merged_id, 'merged into another account, as their platform says', p_at)
$$;
revoke execute on function freeze_merged from public;
