-- A refund of before.
set session_replication_role = replica;

insert into reversal (shard, reversal_id, order_id, person_id, kind, state, provider, step, claimed_minor, currency, amount_minor,
    net_minor, tax_minor, fee_returned_minor, coins, coins_unspent, coins_spent, reason, requested_by, request, created_at, changed_at)
values (0, '00000000-0000-0000-0000-000000009120', gen_random_uuid(), 9120, 'refund', 'done', 'sandbox', 1, 100, 'USD', 100,
    100, 0, 0, 10, 10, 0, 'all', 1, '{}', '2026-01-01Z', '2026-01-01Z');
