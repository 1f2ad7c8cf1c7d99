-- The books: the chart of accounts, transfers, wallets with their strips, gifts, batches and deliveries.
-- `shard` comes first in every key: the viewer's shard on the charge side, the creator's on the delivery side.

create table ledger_setting (
    singleton boolean primary key default true check (singleton),
    shards smallint not null check (shards between 1 and 1024),
    epoch integer not null default 1 check (epoch > 0)
);
comment on column ledger_setting.shards is 'fixed when the database is made';
comment on column ledger_setting.epoch is 'raised after a restore, so that cursors from before are known to be void';
insert into ledger_setting (shards) values (coalesce(nullif(current_setting('plaudit.shards', true), ''), '2')::smallint);

-- The chart of accounts.
create table account_kind (
    kind text primary key,
    asset_class text not null check (asset_class in ('coin', 'diamond', 'money')),
    may_go_negative boolean not null,
    description text not null,
    unique (kind, asset_class)
);
insert into account_kind (kind, asset_class, may_go_negative, description) values
    ('coins_issued', 'coin', true, 'where the coins of recharges come from'),
    ('wallet', 'coin', false, 'what a viewer can spend'),
    ('clearing', 'coin', false, 'gifts charged and not yet delivered'),
    ('gift_balance', 'coin', false, 'what a creator received and has not converted'),
    ('coins_converted', 'coin', false, 'gift balance turned into diamonds'),
    ('diamonds_issued', 'diamond', true, 'where rewards come from'),
    ('diamonds_pending', 'diamond', false, 'rewards that have not matured'),
    ('diamonds_available', 'diamond', false, 'rewards a creator can cash out'),
    ('diamonds_in_payout', 'diamond', false, 'rewards in a payout under way'),
    ('diamonds_redeemed', 'diamond', false, 'rewards paid out'),
    ('buyers', 'money', true, 'what buyers paid, seen from outside'),
    ('coin_sales', 'money', true, 'proceeds of recharges'),
    ('taxes_owed', 'money', false, 'tax inside the price of recharges'),
    ('channel_fees', 'money', false, 'what stores and payment providers keep'),
    ('payout_funds', 'money', true, 'what the platform pays creators from'),
    ('payout_fees', 'money', false, 'fees kept from payouts'),
    ('creators_paid', 'money', false, 'what creators received, seen from outside');

-- Every movement there can be; a transfer that is none of these cannot be written.
create table transfer_reason (
    reason text primary key,
    debit_kind text not null references account_kind (kind),
    credit_kind text not null references account_kind (kind),
    description text not null,
    unique (reason, debit_kind, credit_kind),
    check (debit_kind <> credit_kind)
);
insert into transfer_reason (reason, debit_kind, credit_kind, description) values
    ('recharge', 'coins_issued', 'wallet', 'coins of a paid order'),
    ('promotion', 'coins_issued', 'wallet', 'promotional coins'),
    ('gift', 'wallet', 'clearing', 'the charge of a gift'),
    ('delivery', 'clearing', 'gift_balance', 'the delivery of gifts'),
    ('conversion', 'gift_balance', 'coins_converted', 'gift balance turned into diamonds'),
    ('reward', 'diamonds_issued', 'diamonds_pending', 'diamonds of a conversion'),
    ('maturity', 'diamonds_pending', 'diamonds_available', 'diamonds that have matured'),
    ('payout_requested', 'diamonds_available', 'diamonds_in_payout', 'diamonds set aside for a payout'),
    ('payout_paid', 'diamonds_in_payout', 'diamonds_redeemed', 'the payout arrived'),
    ('payout_given_back', 'diamonds_in_payout', 'diamonds_available', 'the payout failed or was refused'),
    ('payout_returned', 'diamonds_redeemed', 'diamonds_available', 'the payout came back after it had been paid'),
    ('sale', 'buyers', 'coin_sales', 'the price of a paid order'),
    ('sale_tax', 'coin_sales', 'taxes_owed', 'tax inside the price'),
    ('sale_fee', 'coin_sales', 'channel_fees', 'what the channel keeps of the price'),
    ('payout_money', 'payout_funds', 'creators_paid', 'money that arrived at a creator'),
    ('payout_fee', 'payout_funds', 'payout_fees', 'the fee of a payout'),
    ('payout_money_returned', 'creators_paid', 'payout_funds', 'money that came back'),
    ('payout_fee_returned', 'payout_fees', 'payout_funds', 'the fee of a payout that came back');

-- Balances of all accounts but wallets, gift balances and clearing, which have tables of their own.
-- Accounts of the platform have owner 0 and one row a shard, so that a transfer stays within one shard.
create table account (
    shard smallint not null,
    kind text not null references account_kind (kind),
    owner_id bigint not null,
    asset text not null,
    balance bigint not null,
    may_go_negative boolean not null,
    primary key (shard, kind, owner_id, asset),
    constraint account_not_overdrawn check (may_go_negative or balance >= 0)
) with (fillfactor = 50);

-- One row a movement: balanced by construction, once per (reference, reason) by its key.
create table transfer (
    shard smallint not null,
    reference uuid not null,
    reason text not null,
    debit_kind text not null,
    debit_owner bigint not null,
    credit_kind text not null,
    credit_owner bigint not null,
    asset text not null check (asset ~ '^([A-Z]{3}|COIN|DIAMOND)$'),
    asset_class text not null generated always as
        (case asset when 'COIN' then 'coin' when 'DIAMOND' then 'diamond' else 'money' end) stored,
    amount bigint not null check (amount > 0),
    posted_at timestamptz not null,
    primary key (shard, reference, reason),
    foreign key (reason, debit_kind, credit_kind) references transfer_reason (reason, debit_kind, credit_kind),
    foreign key (debit_kind, asset_class) references account_kind (kind, asset_class),
    foreign key (credit_kind, asset_class) references account_kind (kind, asset_class)
);
create index transfer_by_debit on transfer (shard, debit_kind, debit_owner, posted_at);
create index transfer_by_credit on transfer (shard, credit_kind, credit_owner, posted_at);

-- Charge side: the viewer.

-- last_gift_id: the highest id of the viewer's gifts; one above it cannot be a repeat.
-- combo_*: the viewer's latest gift, which the next one may continue.
create table wallet (
    shard smallint not null,
    viewer_id bigint not null,
    coins bigint not null default 0 constraint wallet_not_overdrawn check (coins >= 0),
    spent bigint not null default 0 check (spent >= 0),
    last_gift_id uuid,
    combo_id uuid,
    combo_room_id bigint,
    combo_creator_id bigint,
    combo_item_id integer,
    combo_count integer,
    combo_at timestamptz,
    primary key (shard, viewer_id)
) with (fillfactor = 50);

create table lot (
    shard smallint not null,
    lot_id uuid not null,
    viewer_id bigint not null,
    kind text not null check (kind in ('paid', 'promotional')),
    coins bigint not null check (coins > 0),
    price_minor bigint check (price_minor >= 0),
    currency text check (currency ~ '^[A-Z]{3}$'),
    created_at timestamptz not null,
    primary key (shard, lot_id),
    unique (shard, viewer_id, lot_id),
    constraint lot_paid_has_price check ((kind = 'paid') = (price_minor is not null and currency is not null))
);

-- The strip. Each interval begins where another of the same wallet ends, or at zero; starts and ends are unique:
-- so the intervals of a wallet are one unbroken line without overlap.
create table strip (
    shard smallint not null,
    viewer_id bigint not null,
    start_coin bigint not null check (start_coin >= 0),
    end_coin bigint not null,
    lot_id uuid not null,
    follows bigint generated always as (nullif(start_coin, 0)) stored,
    primary key (shard, viewer_id, start_coin),
    unique (shard, viewer_id, end_coin),
    check (end_coin > start_coin),
    foreign key (shard, viewer_id, lot_id) references lot (shard, viewer_id, lot_id),
    foreign key (shard, viewer_id, follows) references strip (shard, viewer_id, end_coin) deferrable initially deferred
);
create index strip_by_lot on strip (shard, viewer_id, lot_id);

-- A gift is the movement wallet -> clearing, and the answer its sender got. Partitioned by the month of its id.
create table gift (
    shard smallint not null,
    viewer_id bigint not null,
    id uuid not null,
    creator_id bigint not null,
    room_id bigint not null,
    item_id integer not null,
    count integer not null,
    coins bigint not null,
    spent_before bigint not null,
    coins_after bigint not null,
    combo_id uuid not null,
    combo_count integer not null,
    creator_shard smallint not null,
    batch_no bigint not null,
    charged_at timestamptz not null,
    primary key (shard, viewer_id, id),
    check (count > 0 and coins > 0 and spent_before >= 0 and coins_after >= 0 and combo_count >= count)
) partition by range (id);

-- How many batches each pair of shards has been charged; the number is taken under this row's lock,
-- so that numbers have no gaps and their order is the order of the commits.
create table charge_stream (
    shard smallint not null,
    creator_shard smallint not null,
    charged_through bigint not null default 0,
    primary key (shard, creator_shard)
) with (fillfactor = 50);

-- What is charged and not delivered: the outbox, and the balance of the clearing accounts.
-- Its arrays run in parallel, one element a gift, sorted by viewer and then by arrival.
create table gift_batch (
    shard smallint not null,
    creator_shard smallint not null,
    batch_no bigint not null,
    charged_at timestamptz not null,
    gifts integer not null check (gifts > 0),
    coins bigint not null check (coins > 0),
    gift_ids uuid[] not null,
    viewer_ids bigint[] not null,
    creator_ids bigint[] not null,
    room_ids bigint[] not null,
    item_ids integer[] not null,
    counts integer[] not null,
    gift_coins bigint[] not null,
    combo_ids uuid[] not null,
    combo_counts integer[] not null,
    primary key (shard, creator_shard, batch_no)
);
-- Compressing what lives for milliseconds costs more than it saves.
alter table gift_batch
    alter gift_ids set storage external, alter viewer_ids set storage external,
    alter creator_ids set storage external, alter room_ids set storage external,
    alter item_ids set storage external, alter counts set storage external,
    alter gift_coins set storage external, alter combo_ids set storage external,
    alter combo_counts set storage external;

-- Delivery side: the creator.

create table gift_balance (
    shard smallint not null,
    creator_id bigint not null,
    balance bigint not null constraint gift_balance_not_overdrawn check (balance >= 0),
    received bigint not null check (received >= balance),
    primary key (shard, creator_id)
) with (fillfactor = 50);

-- How far each stream of batches has been delivered, and the hash of the last delivery.
create table delivery_stream (
    shard smallint not null,
    source_shard smallint not null,
    delivered_through bigint not null default 0,
    hash bytea not null default '\x'::bytea,
    primary key (shard, source_shard)
) with (fillfactor = 50);

-- What stays of batches after delivery: the movement clearing -> gift balances (one element a creator),
-- sealed by hash = sha256(previous hash, contents).
create table delivery (
    shard smallint not null,
    source_shard smallint not null,
    through_batch_no bigint not null,
    from_batch_no bigint not null,
    delivered_at timestamptz not null,
    gifts integer not null check (gifts > 0),
    coins bigint not null check (coins > 0),
    creator_ids bigint[] not null,
    creator_coins bigint[] not null,
    hash bytea not null check (length(hash) = 32),
    primary key (shard, source_shard, through_batch_no),
    unique (shard, source_shard, from_batch_no),
    check (from_batch_no between 1 and through_batch_no),
    check (array_length(creator_ids, 1) = array_length(creator_coins, 1))
);
create index delivery_by_time on delivery (delivered_at);

insert into charge_stream (shard, creator_shard)
select s, c from ledger_setting, generate_series(0, shards - 1) s, generate_series(0, shards - 1) c;
insert into delivery_stream (shard, source_shard)
select c, s from ledger_setting, generate_series(0, shards - 1) s, generate_series(0, shards - 1) c;
