-- A server of the release before wrote a role of the command line.
insert into issuer (id, issuer, audience, jwks_uri, allowed_roles, created_at) overriding system value
values (9101, 'https://later.example', 'plaudit', 'https://later.example/jwks', '{viewer}', '2026-01-01Z');
insert into person (id, issuer_id, subject, handle, display_name, avatar, created_at) overriding system value
values (9101, 9101, 'olga', 'olga', 'Olga', '', '2026-01-01Z');
insert into role_grant (person_id, role, granted_at) values (9101, 'owner', '2026-01-01Z');
