-- What ends a way in is told to every process as it is committed, whoever did it; and where somebody is signed in.

alter table session
    add column device text constraint session_device_check check (length(device) <= 500),
    add column network text,
    add column last_used_at timestamptz;
comment on column session.device is 'what the browser calls itself';
comment on column session.network is 'where it began, as far as that may be kept: /24 or /48';
comment on column session.last_used_at is 'to the minute';

alter table person add column said_at timestamptz;
comment on column person.said_at is 'when the platform said what is known, by the newest token or by its server: an older token says nothing any more';

-- `<kind>:<id>`: a session, a key, an issuer; a person who may do less; a person whose roles became more (`roles`).
create function tell_way_in() returns trigger language plpgsql as $$
begin
    perform pg_notify('plaudit_ways_in', tg_argv[0] || ':' || new.id);
    return null;
end;
$$;
create function tell_person() returns trigger language plpgsql as $$
begin
    perform pg_notify('plaudit_ways_in',
        case when old.platform_roles <@ new.platform_roles then 'roles:' else 'person:' end || new.id);
    return null;
end;
$$;
create function tell_grant() returns trigger language plpgsql as $$
begin
    perform pg_notify('plaudit_ways_in',
        case when new.taken_at is null then 'roles:' else 'person:' end || new.person_id);
    return null;
end;
$$;
create trigger session_tells after update of ended_at on session for each row
    when (new.ended_at is not null and old.ended_at is null) execute function tell_way_in('session');
create trigger api_key_tells after update of revoked_at, expires_at, scopes, networks, former_ends_at on api_key for each row
    when ((new.revoked_at, new.expires_at, new.scopes, new.networks, new.former_ends_at)
        is distinct from (old.revoked_at, old.expires_at, old.scopes, old.networks, old.former_ends_at))
    execute function tell_way_in('key');
create trigger issuer_tells after update of active, removed_at, allowed_roles, jwks, jwks_uri on issuer for each row
    when ((new.active, new.removed_at, new.allowed_roles, new.jwks, new.jwks_uri)
        is distinct from (old.active, old.removed_at, old.allowed_roles, old.jwks, old.jwks_uri))
    execute function tell_way_in('issuer');
create trigger person_tells after update of platform_roles on person for each row
    when (new.platform_roles is distinct from old.platform_roles) execute function tell_person();
create trigger role_grant_tells after insert or update of taken_at on role_grant for each row execute function tell_grant();
