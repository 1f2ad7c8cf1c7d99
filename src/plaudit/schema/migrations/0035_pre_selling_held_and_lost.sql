-- Purchases in app stores that are held: their store is asked again what was paid, or told that they are done with, and an
-- operator may give the coins of one away.
alter table store_transaction
    add due_at timestamptz, add tries integer not null default 0, add leased_until timestamptz, add failed_with text,
    add error text, add grant_id uuid,
    add constraint transaction_granted_when_closed check (grant_id is null or state = 'closed');
comment on column store_transaction.due_at is
    'when its store is to be asked what was paid, or told that the purchase is done with; null: neither';
comment on column store_transaction.grant_id is 'the coins that were given for it, as a grant';
create unique index store_transaction_granted_once on store_transaction (grant_id) where grant_id is not null;
create index store_transaction_due on store_transaction (due_at) where due_at is not null;
-- What was given away is finished at the store: it does not sell the product to that buyer again before.
update store_transaction set due_at = changed_at where state = 'held' and hold_reason = 'nothing_paid';

grant update (amount_minor, currency, due_at, tries, leased_until, failed_with, error, grant_id) on store_transaction
    to plaudit_app;
