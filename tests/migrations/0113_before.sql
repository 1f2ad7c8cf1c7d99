-- A payment that did not fit its order.
set session_replication_role = replica;
insert into payment_problem (shard, order_id, kind, payment_id, expected_minor, expected_currency, paid_minor, paid_currency, credited,
    noticed_at)
select 0, '00000000-0000-0000-0000-000000009113', min(kind), 'pay_9113', 100, 'USD', 90, 'USD', false, '2026-01-01Z'
from payment_problem_kind;
