-- Somebody is signed in, and a server has a key.
set session_replication_role = replica;
insert into session (secret_sha256, person_id, roles, created_at, expires_at)
values (sha256('0089'), 89, '{viewer}', now(), now() + interval '1 day');
