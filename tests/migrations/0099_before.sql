-- A payout that its creator asked for, an operator agreed to, and a provider paid.
set session_replication_role = replica;
insert into payout_event (shard, payout_id, from_state, to_state, at, actor, actor_id)
values (0, '01900000-0000-7000-8000-000000009901', null, 'requested', now(), 'creator', 99),
    (0, '01900000-0000-7000-8000-000000009901', 'requested', 'approved', now(), 'operator', 1),
    (0, '01900000-0000-7000-8000-000000009901', 'approved', 'sent', now(), 'provider', null),
    (0, '01900000-0000-7000-8000-000000009901', 'sent', 'paid', now(), 'provider', null),
    (0, '01900000-0000-7000-8000-000000009902', null, 'requested', now(), 'creator', 99),
    (0, '01900000-0000-7000-8000-000000009902', 'requested', 'cancelled', now(), 'creator', 99);
