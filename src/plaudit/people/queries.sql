-- Issuers, people and API keys.

-- name: list_issuers -> Issuer
select id, issuer, audience, jwks_uri, jwks::text as jwks, allowed_roles, active, created_at
from issuer
order by id;

-- name: issuer_by_name -> Issuer
select id, issuer, audience, jwks_uri, jwks::text as jwks, allowed_roles, active, created_at
from issuer
where issuer = $1;

-- name: insert_issuer -> Issuer
insert into issuer (issuer, audience, jwks_uri, jwks, allowed_roles, created_at)
values ($1, $2, $3, $4::text::jsonb, $5, $6)
returning id, issuer, audience, jwks_uri, jwks::text as jwks, allowed_roles, active, created_at;

-- name: replace_issuer_jwks -> Issuer
update issuer set jwks_uri = null, jwks = $2::text::jsonb, active = true
where issuer = $1
returning id, issuer, audience, jwks_uri, jwks::text as jwks, allowed_roles, active, created_at;

-- name: set_issuer_active -> Issuer
update issuer set active = $2
where issuer = $1
returning id, issuer, audience, jwks_uri, jwks::text as jwks, allowed_roles, active, created_at;

-- name: person_by_subject -> Person
select p.id, i.issuer, p.subject, p.handle, p.display_name, p.avatar, p.country, p.created_at, p.language
from person p
join issuer i on i.id = p.issuer_id
where p.issuer_id = $1 and p.subject = $2;

-- name: person_by_id -> Person
select p.id, i.issuer, p.subject, p.handle, p.display_name, p.avatar, p.country, p.created_at, p.language
from person p
join issuer i on i.id = p.issuer_id
where p.id = $1;

-- name: people_by_ids -> Person
select p.id, i.issuer, p.subject, p.handle, p.display_name, p.avatar, p.country, p.created_at, p.language
from person p
join issuer i on i.id = p.issuer_id
where p.id = any ($1::bigint[]);

-- name: write_person -> Person
with written as (
    insert into person as p (issuer_id, subject, handle, display_name, avatar, country, created_at, language)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict (issuer_id, subject) do update
    set handle = excluded.handle, display_name = excluded.display_name, avatar = excluded.avatar,
        country = coalesce(excluded.country, p.country), language = coalesce(excluded.language, p.language)
    returning id, issuer_id, subject, handle, display_name, avatar, country, created_at, language
)
select w.id, i.issuer, w.subject, w.handle, w.display_name, w.avatar, w.country, w.created_at, w.language
from written w
join issuer i on i.id = w.issuer_id;

-- Sorted, so that two servers naming the same people wait for each other instead of for ever.
-- name: add_people_by_subjects
insert into person (issuer_id, subject, handle, display_name, avatar, created_at)
select $1, s, s, s, '', $3
from unnest($2::text[]) s
order by s
on conflict (issuer_id, subject) do nothing;

-- name: people_by_subjects -> Person
select p.id, i.issuer, p.subject, p.handle, p.display_name, p.avatar, p.country, p.created_at, p.language
from person p
join issuer i on i.id = p.issuer_id
where p.issuer_id = $1 and p.subject = any ($2::text[]);

-- name: insert_api_key -> ApiKey
with written as (
    insert into api_key (name, issuer_id, secret_sha256, created_at)
    values ($1, $2, $3, $4)
    returning id, name, issuer_id, created_at, revoked_at
)
select w.id, w.name, w.issuer_id, i.issuer, w.created_at, w.revoked_at
from written w
join issuer i on i.id = w.issuer_id;

-- name: list_api_keys -> ApiKey
select k.id, k.name, k.issuer_id, i.issuer, k.created_at, k.revoked_at
from api_key k
join issuer i on i.id = k.issuer_id
order by k.id;

-- name: api_key_by_secret -> StoredApiKey
select k.id, k.issuer_id, k.secret_sha256, i.allowed_roles
from api_key k
join issuer i on i.id = k.issuer_id
where k.secret_sha256 = $1 and k.revoked_at is null and i.active;

-- name: revoke_api_key -> RevokedApiKey
update api_key set revoked_at = $2
where name = $1 and revoked_at is null
returning id, name, revoked_at;
