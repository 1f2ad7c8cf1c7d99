-- A video in each state, one that is to come, and a wallet in the middle of a combo.
set session_replication_role = replica;

insert into video (id, shard, issuer_id, external_id, owner_id, title, duration_ms, state, published_at, told_at, added_at)
values (9201, 0, 1, 't-published', 71, 'Rooftops', 60000, 'published', '2026-01-02Z', '2026-01-01Z', now()),
    (9202, 0, 1, 't-unlisted', 71, 'Rooftops', 60000, 'unlisted', null, '2026-01-01Z', now()),
    (9203, 0, 1, 't-deleted', 71, 'Rooftops', 60000, 'deleted', '2026-01-02Z', '2026-01-01Z', now()),
    (9204, 0, 1, 't-private', 71, 'Unreleased', 60000, 'private', null, '2026-01-01Z', now()),
    (9205, 0, 1, 't-to-come', 71, 'Unreleased', 60000, 'published', '2999-01-01Z', '2026-01-01Z', now());
insert into wallet (shard, viewer_id, coins, combo_id, combo_room_id, combo_creator_id, combo_item_id, combo_count, combo_at)
values (0, 9206, 5, '019eb2c4-7a10-7000-8000-000000000001', 9201, 71, 1, 2, now());
