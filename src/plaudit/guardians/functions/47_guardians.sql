-- Nobody answers for others who is not known to be of age, nor for somebody who is, nor for another account of theirs.
create or replace function guardian_may_guard() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if not is_of_age(new.guardian_id, new.began_at) or is_of_age(new.minor_id, new.began_at)
        or are_linked(new.guardian_id, new.minor_id)
    then
        raise exception 'a guardian is known to be of age, and the minor is not'
            using errcode = 'check_violation', constraint = 'guardian_may_guard';
    end if;
    return new;
end $$;
create or replace trigger guardian_may_guard before insert on guardianship
    for each row execute function guardian_may_guard();

-- end_guardianship(): nobody answers for somebody any more; answers whether somebody did.
create or replace function end_guardianship(p_id uuid, p_at timestamptz, p_because text) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    ended guardianship;
begin
    update guardianship set ended_at = greatest(p_at, began_at), ended_because = p_because
    where id = p_id and ended_at is null returning * into ended;
    if ended.id is null then
        return false;
    end if;
    perform end_consents(ended.minor_id, ended.guardian_id, null, p_at);
    perform let_spend(ended.minor_id, ended.guardian_id, p_at, true);
    return true;
end $$;
revoke execute on function end_guardianship from public;
grant execute on function end_guardianship to plaudit_app;
