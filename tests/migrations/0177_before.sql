-- What was taken back from a creator who owes since, before anybody could be let off.
set session_replication_role = replica;
insert into account (shard, kind, owner_id, asset, balance, overdraft, may_go_negative)
values (0, 'diamonds_available', 9177, 'DIAMOND', -40, 40, false);
insert into clawback_part (shard, reference, reversal_id, creator_id, conversion_id, coins, diamonds, was_pending, taken_at, returned_at,
    diamonds_returned, returned_pending)
values (0, '01900000-0000-7000-8000-000000009177', '01900000-0000-7000-8000-000000009178', 9177, '01900000-0000-7000-8000-000000009179', 50, 50,
    false, '2026-01-01Z', '2026-01-02Z', 10, false);
