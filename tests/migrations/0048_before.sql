-- Videos told of at moments that nobody can count with, and one as it should be.
set session_replication_role = replica;

insert into video (id, shard, issuer_id, external_id, owner_id, title, duration_ms, state, published_at, told_at, added_at)
values (9101, 0, 1, 'm-first', 71, 'Rooftops', 60000, 'published', '0001-01-01Z', '0001-01-01Z', now()),
    (9102, 0, 1, 'm-last', 71, 'Rooftops', 60000, 'published', '9999-12-31 23:59:59Z', '2026-01-01Z', now()),
    (9103, 0, 1, 'm-none', 71, 'Rooftops', 60000, 'private', null, '1969-01-01Z', now()),
    (9104, 0, 1, 'm-good', 71, 'Rooftops', 60000, 'published', '2026-01-02Z', '2026-01-01Z', now());
