-- What a provider told, as earlier versions kept it.
set session_replication_role = replica;

insert into webhook_event (side, provider, event_id, kind, received_at, due_at, body)
values ('payments', 'sandbox', 'evt_6601', 'paid', now(), now(), 'Ada Lovelace');
