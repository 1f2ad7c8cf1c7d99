-- Invitations to answer for somebody, long after their code could be used; who answers for whom stays.
create or replace function let_go_of_invitations(p_before timestamptz, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
begin
    delete from guardian_invitation i using (
        select id from guardian_invitation
        where made_at <= p_before and guardian_id not in (select h.person_id from held_people() h)
            and (minor_id is null or minor_id not in (select h.person_id from held_people() h))
        order by made_at limit p_rows_max for update skip locked) old
    where i.id = old.id;
    get diagnostics done = row_count;
    return done;
end $$;
grant execute on function let_go_of_invitations to plaudit_app;
