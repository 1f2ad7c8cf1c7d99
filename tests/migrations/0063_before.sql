-- A key that was in use before what is done with it was written down.
set session_replication_role = replica;
insert into api_key (id, name, issuer_id, secret_sha256, created_at) overriding system value
values (9363, 'of before', 9363, sha256('of before'), '2026-01-01Z');
