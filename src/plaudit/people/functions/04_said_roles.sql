-- Since when a platform calls somebody an operator, which nobody here decided.

create or replace function note_staff_since() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
    v_staff constant text[] := '{operator,owner,support,finance,pricing,catalogue,safety,auditor}';
begin
    if not new.platform_roles && v_staff then
        new.staff_since := null;
    elsif tg_op = 'INSERT' then
        new.staff_since := now();
    else
        new.staff_since := case when old.platform_roles && v_staff then old.staff_since else now() end;
    end if;
    return new;
end $$;
create or replace trigger note_staff_since before insert or update of platform_roles on person
    for each row execute function note_staff_since();
