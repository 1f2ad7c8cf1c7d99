-- A message of a payout provider that a server of before kept and did not apply.
set session_replication_role = replica;

insert into payout_provider_event (provider, event_id, received_at, body, due_at)
values ('sandbox', 'evt_late', '2026-01-01 11:00Z', '{"type": "payout.paid"}', '2026-01-01 11:05Z');
