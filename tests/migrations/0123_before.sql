-- A bound that owners widened.
set session_replication_role = replica;
insert into decision_bound (name, version, value, recorded_at, decision_id, effective_at)
values ('grant_alone_coins', 9123, 777, '2026-01-01Z', gen_random_uuid(), '2026-01-02Z');
