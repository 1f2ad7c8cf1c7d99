-- How keys, platforms and roles are written when that was decided, and what of them is taken away at once.

-- Whether a key would be no more than it is: in what it may do, from where, and until when.
create or replace function key_is_narrower(p_key api_key, p_scopes text[], p_networks cidr[], p_expires_at timestamptz)
returns boolean language sql stable set search_path = public, pg_temp as $$
    select p_scopes <@ p_key.scopes
        and (p_key.networks = '{}' or p_networks <> '{}' and not exists (
            select from unnest(p_networks) said where not exists (
                select from unnest(p_key.networks) known where said <<= known)))
        and (p_key.expires_at is null or coalesce(p_expires_at <= p_key.expires_at, false))
$$;

-- Narrows a key that is in use; null: it is not, or it would be more than it is.
create or replace function narrow_key(p_key_id integer, p_scopes text[], p_networks cidr[], p_expires_at timestamptz)
returns integer language sql security definer set search_path = public, pg_temp as $$
    update api_key k set scopes = p_scopes, networks = p_networks, expires_at = p_expires_at
    where k.id = p_key_id and k.revoked_at is null and key_is_narrower(k, p_scopes, p_networks, p_expires_at)
    returning k.id
$$;

-- The key in use of a name as it was decided, made if there is none. Without a secret it keeps its own.
create or replace function write_key(p_decision_id uuid, p_name text, p_issuer_id integer, p_secret_sha256 bytea, p_scopes text[],
    p_networks cidr[], p_expires_at timestamptz, p_former_ends_at timestamptz, p_at timestamptz)
returns integer language plpgsql set search_path = public, pg_temp as $$
declare
    v_id integer;
begin
    update api_key k set scopes = p_scopes, networks = p_networks, expires_at = p_expires_at,
        authority = 'decision', decision_id = p_decision_id, secret_sha256 = coalesce(p_secret_sha256, k.secret_sha256),
        former_secret_sha256 = case when p_secret_sha256 is null then k.former_secret_sha256 else k.secret_sha256 end,
        former_ends_at = case when p_secret_sha256 is null then k.former_ends_at else p_former_ends_at end
    where k.name = p_name and k.issuer_id = p_issuer_id and k.revoked_at is null
    returning k.id into v_id;
    if v_id is null then
        insert into api_key (name, issuer_id, secret_sha256, created_at, scopes, networks, expires_at, authority, decision_id)
        values (p_name, p_issuer_id, p_secret_sha256, p_at, p_scopes, p_networks, p_expires_at, 'decision', p_decision_id)
        returning id into v_id;
    end if;
    return v_id;
end $$;

-- A platform as it was decided: believed from now on, whether it was before or not.
create or replace function write_issuer(p_decision_id uuid, p_terms jsonb, p_at timestamptz)
returns integer language sql set search_path = public, pg_temp as $$
    insert into issuer as i (issuer, audience, jwks_uri, jwks, allowed_roles, created_at, claims, role_names, client_id, scopes,
        sign_in_label, authority, decision_id)
    select t ->> 'issuer', t ->> 'audience', t ->> 'jwks_uri', (t ->> 'jwks')::jsonb,
        array(select jsonb_array_elements_text(t -> 'allowed_roles')), p_at, t -> 'claims', t -> 'role_names', t ->> 'client_id',
        t ->> 'scopes', t ->> 'sign_in_label', 'decision', p_decision_id
    from (values (p_terms)) v (t)
    on conflict (issuer) do update
    set audience = excluded.audience, jwks_uri = excluded.jwks_uri, jwks = excluded.jwks,
        allowed_roles = excluded.allowed_roles, claims = excluded.claims, role_names = excluded.role_names,
        client_id = excluded.client_id, scopes = excluded.scopes, sign_in_label = excluded.sign_in_label,
        active = true, removed_at = null, authority = 'decision', decision_id = excluded.decision_id
    returning i.id
$$;

-- A platform is believed no longer; null: it was not.
create or replace function stop_issuer(p_issuer_id integer) returns integer
language sql security definer set search_path = public, pg_temp as $$
    update issuer set active = false where id = p_issuer_id and active and removed_at is null returning id
$$;

create or replace function write_role(p_decision_id uuid, p_person_id bigint, p_role text, p_by bigint, p_at timestamptz)
returns bigint language sql set search_path = public, pg_temp as $$
    insert into role_grant (person_id, role, granted_by, granted_at, authority, decision_id)
    values (p_person_id, p_role, p_by, p_at, 'decision', p_decision_id) returning id
$$;

-- What was taken is given anew, and not back.
create or replace function role_is_taken_once() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    raise exception 'a role that was taken is given anew' using errcode = 'restrict_violation';
end $$;
create or replace trigger role_is_taken_once before update on role_grant for each row
    when (old.taken_at is not null and new.taken_at is distinct from old.taken_at) execute function role_is_taken_once();

grant execute on function key_is_narrower, narrow_key, stop_issuer to plaudit_app;
