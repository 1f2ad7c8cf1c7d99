-- What providers told names buyers: it is sealed. Servers of before write it in clear; the next that starts seals it.
alter table webhook_event add column sealed_body bytea;
alter table webhook_event alter column body drop not null;
alter table webhook_event add constraint webhook_event_body_in_clear_or_sealed check (num_nonnulls(body, sealed_body) = 1);
comment on column webhook_event.sealed_body is 'by the vault';
create index webhook_event_in_clear on webhook_event (side, provider, event_id) where body is not null;
grant update (body, sealed_body) on webhook_event to plaudit_app;
