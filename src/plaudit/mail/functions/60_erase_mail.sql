-- Mails to somebody who is being erased: none is sent any more, and nothing is kept of what servers said to those that were.
create or replace function erase_mail(p_person_id bigint, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
begin
    perform require_erasing(p_person_id);
    update mail set state = 'dropped', ended_at = greatest(now(), created_at), due_at = null, leased_until = null, failed_with = null
    where person_id = p_person_id and state = 'waiting';
    with chosen as (
        select mail_id from mail where person_id = p_person_id and (reason <> '' or error is not null) limit p_rows_max
    )
    update mail m set reason = '', error = null from chosen s where m.mail_id = s.mail_id;
    get diagnostics done = row_count;
    return done;
end $$;
grant execute on function erase_mail to plaudit_app;
