-- People as their platforms know them, (issuer, subject), and how they come in. Several platforms can share one economy.

create table issuer (
    id integer generated always as identity primary key,
    issuer text not null check (issuer <> '' and length(issuer) <= 255),
    audience text not null check (audience <> '' and length(audience) <= 255),
    jwks_uri text check (jwks_uri ~ '^https?://'),
    jwks jsonb,
    allowed_roles text[] not null check (allowed_roles <@ array['viewer', 'creator', 'operator']),
    active boolean not null default true,
    created_at timestamptz not null,
    claims jsonb not null default '{}' check (jsonb_typeof(claims) = 'object'),
    role_names jsonb not null default '{}' check (jsonb_typeof(role_names) = 'object'),
    removed_at timestamptz,
    -- How we are known at the platform's OpenID provider; null: nobody signs in there. Its secret is a setting, never
    -- kept here.
    client_id text check (client_id between '!' and '~~' and length(client_id) <= 255),
    scopes text not null default 'openid' check (scopes ~ '^openid( [!-~]+)*$' and length(scopes) <= 1000),
    sign_in_label text check (length(sign_in_label) between 1 and 60),
    constraint issuer_is_new unique (issuer),
    constraint issuer_has_one_source_of_keys check ((jwks_uri is null) <> (jwks is null))
);
comment on column issuer.issuer is 'the claim iss of its tokens';
comment on column issuer.audience is 'what the claim aud of its tokens must contain';
comment on column issuer.allowed_roles is 'what its tokens may say about a person; every other role is passed over';
comment on column issuer.claims is 'which claim says what, where it is not the usual one: {"roles": "realm_access.roles"}';
comment on column issuer.role_names is 'what the platform calls our roles: {"streamer": "creator"}';
comment on column issuer.removed_at is 'its people stay; it is not listed any more, and may be added again';
comment on column issuer.sign_in_label is 'what the way in is called, such as "Continue with Example"; null: its host';

create table person (
    id bigint generated always as identity primary key,
    issuer_id integer not null references issuer (id),
    subject text not null check (subject <> '' and length(subject) <= 255),
    handle text not null,
    display_name text not null,
    avatar text not null,
    country text check (country ~ '^[A-Z]{2}$'),
    created_at timestamptz not null,
    language text check (language ~ '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
    -- What the platform said of somebody when they were last here; a server that speaks for them goes by it.
    platform_roles text[] not null default '{}' check (platform_roles <@ array['viewer', 'creator', 'operator']),
    born_on date,
    -- A server may name somebody long before they come: the row alone says nothing of that.
    first_signed_in_at timestamptz,
    told_at timestamptz,
    unique (issuer_id, subject),
    unique (id, issuer_id)
);
comment on column person.avatar is 'address of a picture; empty: none';
comment on column person.language is 'what the platform says this person reads, as a tag of BCP 47';
comment on column person.first_signed_in_at is 'null: named by a server, never here themselves';
comment on column person.told_at is
    'when their platform''s server last told of them; what a token leaves out then stays as told';

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

-- What a server of a platform signs in with. Only the hash of the secret is kept.
create table api_key (
    id integer generated always as identity primary key,
    name text not null check (name <> '' and length(name) <= 100),
    issuer_id integer not null references issuer (id),
    secret_sha256 bytea not null check (length(secret_sha256) = 32),
    created_at timestamptz not null,
    revoked_at timestamptz,
    unique (secret_sha256)
);
create unique index api_key_name_is_new on api_key (name) where revoked_at is null;

-- Somebody signed in to the pages. The cookie has the secret, of which only the hash is kept.
create table session (
    id bigint generated always as identity primary key,
    secret_sha256 bytea not null unique check (length(secret_sha256) = 32),
    person_id bigint not null references person (id),
    roles text[] not null check (roles <@ array['viewer', 'creator', 'operator']),
    platform_session text,
    created_at timestamptz not null,
    expires_at timestamptz not null check (expires_at > created_at),
    ended_at timestamptz check (ended_at >= created_at),
    id_token text check (length(id_token) <= 8192),
    key_id bigint references api_key (id),
    check (id_token is null or key_id is null)
);
comment on column session.roles is 'what the platform said at sign-in';
comment on column session.platform_session is 'the claim sid of its ID token, by which the platform ends it';
comment on column session.id_token is 'shown to the platform when somebody signs out, then forgotten';
comment on column session.key_id is 'the server whose code began it: such a session never is an operator''s';
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
    used_at timestamptz,
    key_id bigint not null references api_key (id)
);
comment on column sign_in_code.key_id is 'the server that asked for it';
create index sign_in_code_by_end on sign_in_code (expires_at);

-- Logout tokens of platforms that were heeded, so that none counts twice.
create table logout_token (
    issuer_id bigint not null references issuer (id),
    token_id text not null check (length(token_id) between 1 and 255),
    expires_at timestamptz not null,
    primary key (issuer_id, token_id)
);
create index logout_token_by_end on logout_token (expires_at);

grant select on issuer, api_key to plaudit_app;
grant select, insert, update on person, role_grant to plaudit_app;
grant select, insert, update, delete on session, sign_in_code to plaudit_app;
grant select, insert, delete on logout_token to plaudit_app;
