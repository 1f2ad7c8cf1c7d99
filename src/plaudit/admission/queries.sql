-- Keys, platforms and roles as they hold, and what decisions made of them.

-- name: held_key -> HeldKey
select k.id, k.name, i.issuer, k.scopes, k.networks::text[] as networks, k.expires_at, encode(k.secret_sha256, 'hex') as secret_sha256
from api_key k join issuer i on i.id = k.issuer_id where k.name = $1 and k.revoked_at is null;

-- name: held_issuer -> HeldIssuer
select id, issuer, audience, jwks_uri, jwks::text as jwks, allowed_roles, claims, role_names, client_id, scopes, sign_in_label, active
from issuer where issuer = $1 and removed_at is null;

-- name: role_takes_two
select role_takes_two($1);

-- name: proposed
select content from decision where id = $1 and kind = 'key';

-- name: narrow_key
select narrow_key($1, $2, $3::text[]::cidr[], $4);

-- name: admit_key
select admit_key($1);

-- name: admit_issuer
select admit_issuer($1);

-- name: admit_role
select admit_role($1);

-- name: admission -> Admission
select decision_id, key_id, issuer_id, role_grant_id from admission where decision_id = $1;

-- name: given_role -> MadeRole
select person_id::text as person_id, role, granted_by::text as granted_by, granted_at from role_grant where id = $1;

-- name: issuer_by_number -> HeldIssuer
select id, issuer, audience, jwks_uri, jwks::text as jwks, allowed_roles, claims, role_names, client_id, scopes, sign_in_label, active
from issuer where id = $1;
