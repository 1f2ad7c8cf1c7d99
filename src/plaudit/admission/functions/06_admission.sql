-- The one way in which the application makes a key, believes a platform or gives a role: a confirmed decision says it, once.

-- The decision to carry out. Raises: it is not confirmed, or not of this kind, or one person made it who may not.
create or replace function admitted_decision(p_id uuid, p_kind text) returns decision
language plpgsql stable set search_path = public, pg_temp as $$
declare
    v_decision decision;
begin
    select * into v_decision from decision where id = p_id and kind = p_kind and outcome = 'confirmed';
    if not found then
        raise exception 'who may come in is decided' using errcode = 'check_violation', constraint = 'admission_is_decided';
    end if;
    if v_decision.alone and (p_kind = 'issuer' or p_kind = 'role' and role_takes_two(v_decision.content::jsonb ->> 'role')) then
        raise exception 'nobody alone says who decides' using errcode = 'check_violation', constraint = 'admission_takes_two';
    end if;
    return v_decision;
end $$;

-- Whether who has a role decides something, or is paid by nobody's leave: all but these two.
create or replace function role_takes_two(p_role text) returns boolean
language sql immutable set search_path = public, pg_temp as $$
    select p_role not in ('creator', 'auditor')
$$;

create or replace function admit_key(p_decision_id uuid) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    v_decision decision := admitted_decision(p_decision_id, 'key');
    v_said jsonb := v_decision.content::jsonb;
    v_ends_at timestamptz := (v_said ->> 'expires_at')::timestamptz;
    v_id integer;
begin
    if (v_ends_at > v_decision.decided_at
        and v_ends_at <= v_decision.decided_at + make_interval(days => decision_bound_of('key_life_days')::integer)) is not true
    then
        raise exception 'a key ends in time' using errcode = 'check_violation', constraint = 'admission_key_life';
    end if;
    v_id := write_key(p_decision_id, v_said ->> 'name', (select id from issuer where issuer = v_said ->> 'issuer'),
        decode(v_said ->> 'secret_sha256', 'hex'), array(select jsonb_array_elements_text(v_said -> 'scopes')),
        array(select jsonb_array_elements_text(v_said -> 'networks'))::cidr[], v_ends_at,
        v_decision.decided_at + make_interval(hours => (v_said ->> 'overlap_hours')::integer), v_decision.decided_at);
    insert into admission (decision_id, key_id) values (p_decision_id, v_id);
    return v_id;
end $$;

create or replace function admit_issuer(p_decision_id uuid) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    v_decision decision := admitted_decision(p_decision_id, 'issuer');
    v_id integer := write_issuer(p_decision_id, v_decision.content::jsonb, v_decision.decided_at);
begin
    insert into admission (decision_id, issuer_id) values (p_decision_id, v_id);
    return v_id;
end $$;

create or replace function admit_role(p_decision_id uuid) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    v_decision decision := admitted_decision(p_decision_id, 'role');
    v_said jsonb := v_decision.content::jsonb;
    v_id bigint;
begin
    if v_decision.beneficiary_id is distinct from (v_said ->> 'person_id')::bigint then
        raise exception 'who is given a role decides nothing of it'
            using errcode = 'check_violation', constraint = 'admission_names_who_gains';
    end if;
    v_id := write_role(p_decision_id, v_decision.beneficiary_id, v_said ->> 'role', v_decision.proposed_by, v_decision.decided_at);
    insert into admission (decision_id, role_grant_id) values (p_decision_id, v_id);
    return v_id;
end $$;

grant execute on function admit_key, admit_issuer, admit_role, role_takes_two to plaudit_app;
