-- A purchase, a refund of it, and a chargeback that found nothing left: none began with a link out of an app.
set session_replication_role = replica;

insert into store_transaction (provider, environment, transaction_id, state, hold_reason, account_token, product_id, quantity,
    coins, amount_minor, currency, noticed_at, changed_at)
values ('apple', 'Production', '1', 'held', 'nothing_paid', '', 'coins.70', 1, 70, 0, 'USD', '2026-01-01', '2026-01-01'),
    ('apple', 'Production', '2', 'held', 'no_account_token', '', 'coins.70', 1, 70, 99, 'USD', '2026-01-01', '2026-01-01');
insert into reversal (shard, reversal_id, order_id, person_id, kind, state, provider, provider_reversal_id, step, claimed_minor,
    currency, amount_minor, net_minor, tax_minor, fee_returned_minor, coins, coins_unspent, coins_spent, reason, created_at,
    changed_at)
values (0, '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000009', 7, 'refund', 'done', 'sandbox', 'r1', 1,
        96, 'GBP', 96, 80, 16, 0, 100, 100, 0, '', '2026-01-01', '2026-01-01'),
    (0, '00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000009', 7, 'chargeback', 'done', 'sandbox', 'd1', 1,
        96, 'GBP', 0, 0, 0, 0, 0, 0, 0, '', '2026-01-02', '2026-01-02');
