-- Videos of every state.
set session_replication_role = replica;

insert into video (id, shard, issuer_id, external_id, owner_id, title, duration_ms, state, published_at, told_at, added_at)
values (9201, 0, 1, 'k-1', 71, 'Rooftops', 60000, 'published', '2026-01-02Z', '2026-01-01Z', now()),
    (9202, 0, 1, 'k-2', 71, 'Rooftops', 60000, 'unlisted', null, '2026-01-01Z', now()),
    (9203, 0, 1, 'k-3', 71, 'Rooftops', 60000, 'deleted', null, '2026-01-01Z', now());
