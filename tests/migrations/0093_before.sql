-- Somebody who signed in at the platform.
insert into issuer (id, issuer, audience, jwks_uri, allowed_roles, created_at) overriding system value
values (9193, 'https://token.example', 'plaudit', 'https://token.example/jwks', '{viewer}', '2026-01-01Z');
insert into person (id, issuer_id, subject, handle, display_name, avatar, created_at, platform_roles) overriding system value
values (9193, 9193, 'ada', 'ada', 'Ada', '', '2026-01-01Z', '{viewer}');
insert into session (id, secret_sha256, person_id, roles, created_at, expires_at, id_token) overriding system value
values (9193, sha256('with a token'), 9193, '{viewer}', '2026-01-01Z', '2999-01-01Z', 'in clear');
