-- A key in use.
insert into issuer (id, issuer, audience, jwks_uri, allowed_roles, created_at) overriding system value
values (9198, 'https://limits.example', 'plaudit', 'https://limits.example/jwks', '{viewer}', '2026-01-01Z');
insert into api_key (id, name, issuer_id, secret_sha256, created_at, scopes) overriding system value
values (9198, 'of before', 9198, sha256('of before limits'), '2026-01-01Z', '{people,step-up}');
