-- Why somebody who is being erased wanted their money back, in their words or an operator's.
create or replace function erase_reversals(p_person_id bigint, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
begin
    perform require_erasing(p_person_id);
    update minor_refund set reason = '' where person_id = p_person_id and reason <> '';
    with chosen as (
        select shard, reversal_id from reversal where shard = shard_of(p_person_id) and person_id = p_person_id
            and (reason <> '' or coalesce(request, '') <> '' or send_error is not null)
        limit p_rows_max
    )
    update reversal r set reason = '', request = case when r.request is not null then '' end, send_error = null
    from chosen s where r.shard = s.shard and r.reversal_id = s.reversal_id;
    get diagnostics done = row_count;
    return done;
end $$;
grant execute on function erase_reversals to plaudit_app;
