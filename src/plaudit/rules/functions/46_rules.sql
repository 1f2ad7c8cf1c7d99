-- A pack is decided by two, and one that loosens something holds no sooner than its lead says.
create or replace function policy_pack_is_bounded() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if new.loosens
        and new.effective_at < new.recorded_at + make_interval(secs => decision_bound_of('policy_pack_loosening_lead_s'))
    then
        raise exception 'a pack that loosens something holds no sooner than its lead says'
            using errcode = 'check_violation', constraint = 'policy_pack_is_bounded';
    end if;
    return new;
end $$;
create or replace trigger policy_pack_is_decided before insert on policy_pack
    for each row execute function require_decision('policy_pack', 'country', 'text', 'loosens', 'effective_at');
create or replace trigger policy_pack_is_bounded before insert on policy_pack
    for each row execute function policy_pack_is_bounded();

-- What was proved of an age stays as it was said; it is revoked once.
create or replace function age_assurance_stays() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if old.revoked_at is not null then
        raise exception 'an age is revoked once' using errcode = 'check_violation', constraint = 'age_assurance_stays';
    end if;
    return new;
end $$;
create or replace trigger age_assurance_stays before update on age_assurance
    for each row execute function age_assurance_stays();
