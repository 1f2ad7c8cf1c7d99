-- Videos told of before.
set session_replication_role = replica;

insert into video (id, issuer_id, external_id, owner_id, title, duration_ms, state, told_at, added_at)
select 9000 + n, 1, 'v-' || n, 70 + n, 'Rooftops', 60000, 'private', now(), now() from generate_series(1, 9) n;
