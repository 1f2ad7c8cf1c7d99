-- A key in use, and something said in a chat.
insert into issuer (id, issuer, audience, jwks_uri, allowed_roles, created_at) overriding system value
values (9191, 'https://data.example', 'plaudit', 'https://data.example/jwks', '{viewer}', '2026-01-01Z');
insert into api_key (id, name, issuer_id, secret_sha256, created_at, scopes) overriding system value
values (9191, 'of before', 9191, sha256('of before data'), '2026-01-01Z', '{people,consents}');
insert into frame (shard, room_id, seq, kind, at, body)
values (0, 9191, 1, 'chat', '2026-01-01Z', '{"messages": [{"id": "1", "sender_id": 9191, "text": "hello"}]}');
