-- It waits in the one inbox.
select 'sandbox', 'evt_late' except select provider, event_id from webhook_event
where side = 'payouts' and state = 'waiting' and due_at is not null;
