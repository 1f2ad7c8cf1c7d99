-- Roles over others, as platforms call them. The index `person_called_staff` has the same.
create or replace function staff_roles() returns text[] language sql immutable set search_path = public, pg_temp as $$
    select '{operator,owner,support,finance,pricing,catalogue,safety,auditor}'::text[]
$$;

-- How many such roles somebody has: those given here, and the word of their platform.
create or replace function staff_roles_of(p_person_id bigint) returns bigint
language sql stable set search_path = public, pg_temp as $$
    select count(*) from (
        select from role_grant where person_id = p_person_id and taken_at is null and role <> 'creator'
        union all select from person where id = p_person_id and platform_roles && staff_roles()) s
$$;

-- Since when a platform calls somebody an operator, which nobody here decided.
create or replace function note_staff_since() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if not new.platform_roles && staff_roles() then
        new.staff_since := null;
    elsif tg_op = 'INSERT' then
        new.staff_since := now();
    else
        new.staff_since := case when old.platform_roles && staff_roles() then old.staff_since else now() end;
    end if;
    return new;
end $$;
create or replace trigger note_staff_since before insert or update of platform_roles on person
    for each row execute function note_staff_since();

grant execute on function staff_roles, staff_roles_of to plaudit_app;
