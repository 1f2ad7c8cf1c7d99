-- The inbox is the one of both sides: what servers of before left in the payouts' own is kept, and its table goes.
insert into webhook_event (side, provider, event_id, kind, received_at, body, due_at)
select 'payouts', provider, event_id, 'payout', received_at, body, received_at
from payout_provider_event where applied_at is null
on conflict do nothing;
drop table payout_provider_event;

alter table webhook_event drop constraint webhook_event_pkey;
alter table webhook_event drop constraint webhook_event_once;
alter table webhook_event add primary key (side, provider, event_id);
alter table webhook_event alter side drop default;
