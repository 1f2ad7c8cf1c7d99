-- What platforms' servers answered to what they were told of somebody who is being erased.
create or replace function erase_webhooks(p_person_id bigint, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
begin
    perform require_erasing(p_person_id);
    with chosen as (
        select t.id from webhook_try t join event e on e.id = t.event_id
        where (t.answer <> '' or t.error <> '') and names_person(e.data, p_person_id) limit p_rows_max
    )
    update webhook_try t set answer = '', error = '' from chosen s where t.id = s.id;
    get diagnostics done = row_count;
    return done;
end $$;
grant execute on function erase_webhooks to plaudit_app;
