-- Two messages of a payout provider, one of them applied; and one of a payment provider.
set session_replication_role = replica;

insert into payout_provider_event (provider, event_id, received_at, body, due_at, outcome, applied_at) values
    ('sandbox', 'evt_done', '2026-01-01 10:00Z', '{}', null, 'applied', '2026-01-01 10:00Z'),
    ('sandbox', 'evt_waiting', '2026-01-01 11:00Z', '{"type": "payout.paid"}', '2026-01-01 11:05Z', null, null);
insert into webhook_event (provider, event_id, kind, received_at, body, due_at)
values ('sandbox', 'evt_money', 'checkout.paid', '2026-01-01 12:00Z', '{}', '2026-01-01 12:00Z');
