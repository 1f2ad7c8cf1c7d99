-- How people come in: what their platform's claims are called, roles given here, sessions that can be ended, handoffs.

alter table issuer
    add claims jsonb not null default '{}' check (jsonb_typeof(claims) = 'object'),
    add role_names jsonb not null default '{}' check (jsonb_typeof(role_names) = 'object'),
    add removed_at timestamptz;
comment on column issuer.claims is 'which claim says what, where it is not the usual one: {"roles": "realm_access.roles"}';
comment on column issuer.role_names is 'what the platform calls our roles: {"streamer": "creator"}';
comment on column issuer.removed_at is 'its people stay; it is not listed any more, and may be added again';

-- What the platform said of somebody when they were last here; a server that speaks for them goes by it.
alter table person
    add platform_roles text[] not null default '{}' check (platform_roles <@ array['viewer', 'creator', 'operator']),
    add born_on date;

-- Roles given here, whatever the platform says.
create table role_grant (
    id bigint generated always as identity primary key,
    person_id bigint not null references person (id),
    role text not null check (role in ('creator', 'operator')),
    granted_by bigint references person (id),
    granted_at timestamptz not null,
    taken_by bigint references person (id),
    taken_at timestamptz check (taken_at >= granted_at),
    check (taken_by is null or taken_at is not null)
);
comment on column role_grant.granted_by is 'null: the command line';
create unique index role_grant_holds on role_grant (person_id, role) where taken_at is null;

-- Somebody signed in to the pages. The cookie has the secret, of which only the hash is kept.
create table session (
    id bigint generated always as identity primary key,
    secret_sha256 bytea not null unique check (length(secret_sha256) = 32),
    person_id bigint not null references person (id),
    roles text[] not null check (roles <@ array['viewer', 'creator', 'operator']),
    platform_session text,
    created_at timestamptz not null,
    expires_at timestamptz not null check (expires_at > created_at),
    ended_at timestamptz check (ended_at >= created_at)
);
comment on column session.roles is 'what the platform said at sign-in';
comment on column session.platform_session is 'the claim sid of its ID token, by which the platform ends it';
create index session_of_person on session (person_id) where ended_at is null;
create index session_of_platform on session (platform_session) where ended_at is null and platform_session is not null;
create index session_by_end on session (expires_at);

-- A way in that a platform's server asked for: good once, for a minute, for one person.
create table sign_in_code (
    code_sha256 bytea primary key check (length(code_sha256) = 32),
    person_id bigint not null references person (id),
    roles text[] not null check (roles <@ array['viewer', 'creator', 'operator']),
    next text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null check (expires_at > created_at),
    used_at timestamptz
);
create index sign_in_code_by_end on sign_in_code (expires_at);

grant select, insert, update, delete on session, sign_in_code to plaudit_app;
grant select, insert, update on role_grant to plaudit_app;
