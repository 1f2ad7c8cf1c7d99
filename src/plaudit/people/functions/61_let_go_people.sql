-- Ways in that ended long ago, and how often somebody asked for something.
create or replace function let_go_of_sessions(p_before timestamptz, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
begin
    delete from session s using (
        select id from session where expires_at <= p_before and person_id not in (select h.person_id from held_people() h)
        order by expires_at limit p_rows_max for update skip locked) old
    where s.id = old.id;
    get diagnostics done = row_count;
    return done;
end $$;

create or replace function let_go_of_codes(p_before timestamptz, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    codes integer;
    tokens integer;
begin
    delete from sign_in_code c using (
        select code_sha256 from sign_in_code where expires_at <= p_before
        order by expires_at limit p_rows_max for update skip locked) old
    where c.code_sha256 = old.code_sha256;
    get diagnostics codes = row_count;
    delete from logout_token t using (
        select issuer_id, token_id from logout_token where expires_at <= p_before
        order by expires_at limit p_rows_max - codes for update skip locked) old
    where (t.issuer_id, t.token_id) = (old.issuer_id, old.token_id);
    get diagnostics tokens = row_count;
    return codes + tokens;
end $$;

create or replace function let_go_of_allowances(p_before timestamptz, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
begin
    delete from allowance_taken a using (
        select person_id, kind, hour from allowance_taken where hour <= p_before
        order by hour limit p_rows_max for update skip locked) old
    where (a.person_id, a.kind, a.hour) = (old.person_id, old.kind, old.hour);
    get diagnostics done = row_count;
    return done;
end $$;
grant execute on function let_go_of_sessions, let_go_of_codes, let_go_of_allowances to plaudit_app;
