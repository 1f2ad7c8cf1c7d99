-- Mails that were sent or given up long ago.
create or replace function let_go_of_mails(p_before timestamptz, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
begin
    delete from mail m using (
        select mail_id from mail where ended_at <= p_before and person_id not in (select h.person_id from held_people() h)
        order by ended_at limit p_rows_max for update skip locked) old
    where m.mail_id = old.mail_id;
    get diagnostics done = row_count;
    return done;
end $$;
grant execute on function let_go_of_mails to plaudit_app;
