-- The ID token that began a session is sealed under the session's own secret, which only its browser has. Servers of before
-- write theirs in clear, into the column that goes after them.
alter table session
    add column sealed_id_token bytea,
    add constraint session_of_a_key_has_no_id_token check (sealed_id_token is null or key_id is null);
comment on column session.sealed_id_token is
    'shown to the platform when somebody signs out, then forgotten: AES-GCM, 12 bytes of nonce first, under a key made of the secret';
grant update (sealed_id_token) on session to plaudit_app;
