-- What an endpoint still waited for when it was forgotten.
create or replace function note_lost_events() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update webhook_endpoint e set lost_through = d.through
    from (
        select endpoint_id, max(position) as through from webhook_delivery
        where position <= new.forgotten_through and state = 'waiting' group by endpoint_id
    ) d
    where e.id = d.endpoint_id;
    return null;
end $$;
create or replace trigger note_lost_events after update of forgotten_through on event_log
    for each row when (new.forgotten_through > old.forgotten_through) execute function note_lost_events();

-- How tries to tell platforms went.
create or replace function let_go_of_tries(p_before timestamptz, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
begin
    delete from webhook_try t using (
        select id from webhook_try where at <= p_before order by at limit p_rows_max for update skip locked) old
    where t.id = old.id;
    get diagnostics done = row_count;
    return done;
end $$;
grant execute on function let_go_of_tries to plaudit_app;
