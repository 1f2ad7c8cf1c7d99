-- A key in use, and rows that somebody made before rows said with which key.
insert into issuer (id, issuer, audience, jwks_uri, allowed_roles, created_at) overriding system value
values (9101, 'https://keys.example', 'plaudit', 'https://keys.example/jwks', '{viewer}', '2026-01-01Z');
insert into api_key (id, name, issuer_id, secret_sha256, created_at) overriding system value
values (9101, 'of before', 9101, sha256('of before'), '2026-01-01Z');
insert into person (id, issuer_id, subject, handle, display_name, avatar, created_at) overriding system value
values (9101, 9101, 'ada', 'ada', 'Ada', '', '2026-01-01Z');
insert into store_consent (person_id, changed_at, given) values (9101, '2026-01-01Z', true);
