-- A room that is over, and one that is not.
set session_replication_role = replica;
insert into room (id, shard, creator_id, title, cover, state, created_at, started_at, ended_at) values
    (1, 0, 1, 'Tea', 'dusk', 'ended', '2026-01-01', '2026-01-01', '2026-01-02'),
    (2, 0, 1, 'Songs', 'dusk', 'live', '2026-01-01', '2026-01-01', null);
