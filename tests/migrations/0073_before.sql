-- An operator by their platform's word, and by somebody's here.
insert into issuer (id, issuer, audience, jwks_uri, allowed_roles, created_at) overriding system value
values (9103, 'https://staff.example', 'plaudit', 'https://staff.example/jwks', '{viewer,operator}', '2026-01-01Z');
insert into person (id, issuer_id, subject, handle, display_name, avatar, created_at, platform_roles) overriding system value
values (9103, 9103, 'olga', 'olga', 'Olga', '', '2026-01-01Z', '{viewer,operator}');
insert into role_grant (person_id, role, granted_at) values (9103, 'operator', '2026-01-01Z');
insert into session (secret_sha256, person_id, roles, created_at, expires_at)
values (sha256('of an operator'), 9103, '{viewer,operator}', '2026-01-01Z', '2999-01-01Z');
