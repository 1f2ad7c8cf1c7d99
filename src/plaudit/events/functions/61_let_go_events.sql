-- The oldest events, without one left out between.
create or replace function let_go_of_events(p_before timestamptz, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    v_last bigint;
    v_through bigint;
    v_first bigint;
    v_end bigint;
    done integer;
begin
    select last, forgotten_through into v_last, v_through from event_log for no key update;
    select min(position) into v_first from event where position > v_through;
    v_end := least(v_last, coalesce(v_first, v_last) + p_rows_max - 1);
    select coalesce(min(position) - 1, v_end) into v_end
    from event where position between v_first and v_end and at > p_before;
    if v_end <= v_through then
        return 0;
    end if;
    update event_log set forgotten_through = v_end;
    delete from event where position <= v_end;
    get diagnostics done = row_count;
    return done;
end $$;
grant execute on function let_go_of_events to plaudit_app;
