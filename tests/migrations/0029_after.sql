-- What was not applied waits in the one inbox, as it came; what was is not applied again.
select * from (values
    ('payments', 'sandbox', 'evt_money', '{}'), ('payouts', 'sandbox', 'evt_waiting', '{"type": "payout.paid"}')
) as wanted (side, provider, event_id, body)
except select side, provider, event_id, convert_from(body, 'UTF8') from webhook_event
where state = 'waiting' and due_at is not null;
select event_id from webhook_event where event_id = 'evt_done';
