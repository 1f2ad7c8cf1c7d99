-- A creator who has chosen, and somebody who is mailed.
insert into issuer (id, issuer, audience, jwks_uri, allowed_roles, created_at) overriding system value
values (9194, 'https://keys.example', 'plaudit', 'https://keys.example/jwks', '{viewer}', '2026-01-01Z');
insert into person (id, issuer_id, subject, handle, display_name, avatar, created_at, platform_roles) overriding system value
values (9194, 9194, 'ada', 'ada', 'Ada', '', '2026-01-01Z', '{viewer}');
insert into person_email (person_id, address, known_at) values (9194, 'ada@keys.example', '2026-01-01Z');
insert into creator_setting (shard, creator_id) values (0, 9194);
