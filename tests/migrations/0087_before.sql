-- A key, and roles that the command line and an operator gave.
insert into issuer (id, issuer, audience, jwks_uri, allowed_roles, created_at) overriding system value
values (9187, 'https://rights.example', 'plaudit', 'https://rights.example/jwks', '{viewer}', '2026-01-01Z');
insert into person (id, issuer_id, subject, handle, display_name, avatar, created_at) overriding system value
values (9187, 9187, 'olga', 'olga', 'Olga', '', '2026-01-01Z'), (9188, 9187, 'ada', 'ada', 'Ada', '', '2026-01-01Z');
insert into api_key (name, issuer_id, secret_sha256, created_at) values ('of rights', 9187, sha256('of rights'), '2026-01-01Z');
insert into role_grant (person_id, role, granted_by, granted_at) values
    (9187, 'owner', null, '2026-01-01Z'), (9188, 'finance', 9187, '2026-01-02Z');
