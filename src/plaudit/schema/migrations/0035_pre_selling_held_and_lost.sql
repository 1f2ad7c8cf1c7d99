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

-- Money that went back beyond what was paid of an order, by a refund and a chargeback of one payment, is lost: a movement of its
-- own, so that the books say what lies at the provider.
insert into account_kind (kind, asset_class, may_go_negative, description) values
    ('losses', 'money', true, 'money that went back beyond what was paid');
insert into transfer_reason (reason, debit_kind, credit_kind, description) values
    ('refund_excess', 'losses', 'buyers', 'money that went back beyond what was paid of an order'),
    ('refund_excess_undone', 'buyers', 'losses', 'it stays, or another reversal of the order makes room for it');
alter table reversal
    add excess_minor bigint not null default 0 check (excess_minor >= 0),
    add excess_returned boolean not null default false,
    add constraint reversal_takes_what_is_claimed check (amount_minor + excess_minor <= claimed_minor);
comment on column reversal.excess_minor is 'what is claimed and was not left of the order; with the latest step';
comment on column reversal.excess_returned is 'a later step holds it, or says anew how much it is';
grant update (excess_returned) on reversal to plaudit_app;

-- What was lost before is booked now.
with claim as (
    select shard, provider, provider_reversal_id, max(claimed_minor) - sum(amount_minor) as minor, max(step) as step
    from reversal where state <> 'undone' and provider_reversal_id is not null group by 1, 2, 3
), lost as (
    update reversal r set excess_minor = c.minor, claimed_minor = greatest(r.claimed_minor, r.amount_minor + c.minor)
    from claim c
    where (r.shard, r.provider, r.provider_reversal_id, r.step) = (c.shard, c.provider, c.provider_reversal_id, c.step)
        and r.state <> 'undone' and c.minor > 0
    returning r.shard, r.reversal_id, r.currency, c.minor
), booked as (
    insert into transfer (shard, reference, reason, debit_kind, debit_owner, credit_kind, credit_owner, asset, amount, posted_at)
    select shard, reversal_id, 'refund_excess', 'losses', 0, 'buyers', 0, currency, minor, now() from lost
)
insert into account (shard, kind, owner_id, asset, balance, may_go_negative)
select shard, kind, 0, currency, sum(change), true
from (select shard, 'buyers' as kind, currency, minor as change from lost
    union all select shard, 'losses', currency, -minor from lost) moved
group by shard, kind, currency order by shard, kind, currency
on conflict (shard, kind, owner_id, asset) do update set balance = account.balance + excluded.balance;

-- What a channel keeps may be an estimate at first, and is settled once it says how much it is.
insert into transfer_reason (reason, debit_kind, credit_kind, description) values
    ('sale_fee_more', 'coin_sales', 'channel_fees', 'what the channel keeps beyond what was estimated'),
    ('sale_fee_less', 'channel_fees', 'coin_sales', 'what was estimated beyond what the channel keeps');

-- What a store decided after it had asked.
alter table consumption_request add refund_declined_at timestamptz;
grant update (refund_declined_at) on consumption_request to plaudit_app;
