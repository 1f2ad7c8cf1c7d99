-- People as their platforms know them: (issuer, subject). Several platforms can share one economy.

create table issuer (
    id integer generated always as identity primary key,
    issuer text not null check (issuer <> '' and length(issuer) <= 255),
    audience text not null check (audience <> '' and length(audience) <= 255),
    jwks_uri text check (jwks_uri ~ '^https?://'),
    jwks jsonb,
    allowed_roles text[] not null check (allowed_roles <@ array['viewer', 'creator', 'operator']),
    active boolean not null default true,
    created_at timestamptz not null,
    constraint issuer_is_new unique (issuer),
    constraint issuer_has_one_source_of_keys check ((jwks_uri is null) <> (jwks is null))
);
comment on column issuer.issuer is 'the claim iss of its tokens';
comment on column issuer.audience is 'what the claim aud of its tokens must contain';
comment on column issuer.allowed_roles is 'what its tokens may say about a person; every other role is passed over';

create table person (
    id bigint generated always as identity primary key,
    issuer_id integer not null references issuer (id),
    subject text not null check (subject <> '' and length(subject) <= 255),
    handle text not null,
    display_name text not null,
    avatar text not null,
    country text check (country ~ '^[A-Z]{2}$'),
    created_at timestamptz not null,
    unique (issuer_id, subject)
);
comment on column person.avatar is 'address of a picture; empty: none';

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

grant select, insert, update on person to plaudit_app;
grant select on issuer, api_key to plaudit_app;
