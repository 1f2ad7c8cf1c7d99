-- Reports of scams that were closed, of people and of strangers.
create or replace function let_go_of_scam_reports(p_before timestamptz, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
begin
    delete from scam_report r using (
        select id from scam_report
        where reported_at <= p_before and state in ('confirmed', 'not_confirmed')
            and (person_id is null or person_id not in (select h.person_id from held_people() h))
        order by reported_at limit p_rows_max for update skip locked) old
    where r.id = old.id;
    get diagnostics done = row_count;
    return done;
end $$;
grant execute on function let_go_of_scam_reports to plaudit_app;
