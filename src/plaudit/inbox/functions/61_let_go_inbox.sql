-- What providers told, once it was dealt with. Nobody can be found in a sealed body: so of somebody who is held, all that
-- their providers told since their first order or payout stays.
create or replace function let_go_of_messages(p_before timestamptz, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    v_ids uuid[];
begin
    select coalesce(array_agg(message_id), '{}') into v_ids from (
        select message_id from webhook_event e
        where received_at <= p_before and state in ('applied', 'repeated', 'ignored') and due_at is null
            and not exists (select from held_providers() s where (s.side, s.provider) = (e.side, e.provider) and s.since <= e.received_at)
        order by received_at limit p_rows_max for update skip locked) old;
    delete from webhook_replay where message_id = any (v_ids);
    delete from webhook_event where message_id = any (v_ids);
    return cardinality(v_ids);
end $$;
grant execute on function let_go_of_messages to plaudit_app;
