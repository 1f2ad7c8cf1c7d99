-- No payout goes where an account that turned out to be another's had its money. For who owns the tables.
create or replace function archive_methods(p_creator_id bigint, p_at timestamptz) returns void
language sql set search_path = public, pg_temp as $$
    update payout_method set archived_at = greatest(p_at, created_at)
    where shard = shard_of(p_creator_id) and creator_id = p_creator_id and archived_at is null
$$;
revoke execute on function archive_methods from public;
