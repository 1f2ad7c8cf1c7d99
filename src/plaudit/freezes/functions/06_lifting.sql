-- Nobody lifts what is frozen of their own, or of an account linked to theirs.
create or replace function freeze_is_lifted_by_another() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if are_linked(new.lifted_by, new.person_id) then
        raise exception 'another operator lifts what is frozen of an account linked to theirs'
            using errcode = 'check_violation', constraint = 'freeze_is_lifted_by_another';
    end if;
    return new;
end $$;
create or replace trigger freeze_is_lifted_by_another before update on freeze_record
    for each row when (new.lifted_by is not null) execute function freeze_is_lifted_by_another();
