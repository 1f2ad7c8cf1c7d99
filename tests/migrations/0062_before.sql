-- Somebody who is signed in.
insert into issuer (id, issuer, audience, jwks_uri, allowed_roles, created_at) overriding system value
values (9102, 'https://in.example', 'plaudit', 'https://in.example/jwks', '{viewer}', '2026-01-01Z');
insert into person (id, issuer_id, subject, handle, display_name, avatar, created_at, platform_roles) overriding system value
values (9102, 9102, 'ada', 'ada', 'Ada', '', '2026-01-01Z', '{viewer}');
insert into session (id, secret_sha256, person_id, roles, created_at, expires_at) overriding system value
values (9102, sha256('of before'), 9102, '{viewer}', '2026-01-01Z', '2999-01-01Z');
