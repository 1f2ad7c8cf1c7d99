-- The books: the chart of accounts, transfers, wallets with their strips, gifts on their way, and the frames of screens.
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
    ('coins_expired', 'coin', false, 'coins that were not spent before their lot expired'),
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
    may_overdraw boolean not null default false,
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
    ('reversal', 'wallet', 'coins_issued', 'unspent coins of a lot whose money goes back'),
    ('reversal_undone', 'coins_issued', 'wallet', 'the money stays: the coins are spendable again'),
    ('expiry', 'wallet', 'coins_expired', 'unspent coins of an expired lot'),
    ('clawback_coins', 'gift_balance', 'coins_issued', 'gift balance of gifts whose money went back'),
    ('clawback_coins_returned', 'coins_issued', 'gift_balance', 'the money stays: gift balance again'),
    ('clawback_pending', 'diamonds_pending', 'diamonds_issued', 'pending diamonds of gifts whose money went back'),
    ('clawback_pending_returned', 'diamonds_issued', 'diamonds_pending', 'the money stays: diamonds pending again'),
    ('clawback_available_returned', 'diamonds_issued', 'diamonds_available', 'the money stays: diamonds available again'),
    ('payout_requested', 'diamonds_available', 'diamonds_in_payout', 'diamonds set aside for a payout'),
    ('payout_paid', 'diamonds_in_payout', 'diamonds_redeemed', 'the payout arrived'),
    ('payout_given_back', 'diamonds_in_payout', 'diamonds_available', 'the payout failed or was refused'),
    ('payout_returned', 'diamonds_redeemed', 'diamonds_available', 'the payout came back after it had been paid'),
    ('sale', 'buyers', 'coin_sales', 'the price of a paid order'),
    ('sale_tax', 'coin_sales', 'taxes_owed', 'tax inside the price'),
    ('sale_fee', 'coin_sales', 'channel_fees', 'what the channel keeps of the price'),
    ('refund', 'coin_sales', 'buyers', 'money of an order that goes back'),
    ('refund_tax', 'taxes_owed', 'coin_sales', 'the tax inside it'),
    ('refund_fee', 'channel_fees', 'coin_sales', 'what the channel gives back of its fee'),
    ('dispute_fee', 'coin_sales', 'channel_fees', 'what the channel charges for a reversal'),
    ('refund_undone', 'buyers', 'coin_sales', 'the money stays after all'),
    ('refund_tax_undone', 'coin_sales', 'taxes_owed', 'the tax inside it'),
    ('refund_fee_undone', 'coin_sales', 'channel_fees', 'the fee the channel keeps after all'),
    ('dispute_fee_undone', 'channel_fees', 'coin_sales', 'the charge for a reversal that was given back'),
    ('payout_money', 'payout_funds', 'creators_paid', 'money that arrived at a creator'),
    ('payout_fee', 'payout_funds', 'payout_fees', 'the fee of a payout'),
    ('payout_money_returned', 'creators_paid', 'payout_funds', 'money that came back'),
    ('payout_fee_returned', 'payout_fees', 'payout_funds', 'the fee of a payout that came back');
-- A clawback alone may take an account below zero: what comes later pays it off, and nothing else can be drawn meanwhile.
insert into transfer_reason (reason, debit_kind, credit_kind, may_overdraw, description) values
    ('clawback_available', 'diamonds_available', 'diamonds_issued', true, 'available diamonds of gifts whose money went back');

-- Balances of all accounts but wallets, gift balances and clearing, which have tables of their own.
-- Accounts of the platform have owner 0 and one row a shard, so that a transfer stays within one shard.
create table account (
    shard smallint not null,
    kind text not null references account_kind (kind),
    owner_id bigint not null,
    asset text not null,
    balance bigint not null,
    may_go_negative boolean not null,
    overdraft bigint not null default 0 check (overdraft >= 0),
    primary key (shard, kind, owner_id, asset),
    constraint account_not_overdrawn check (may_go_negative or balance >= -overdraft)
) with (fillfactor = 50);
comment on column account.overdraft is 'how far clawbacks have taken the balance below zero';

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

-- See lock_money().
create table money_turn (
    shard smallint primary key
);

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
    expires_at timestamptz check (expires_at > created_at),
    coins_reversed bigint not null default 0,
    coins_expired bigint not null default 0,
    primary key (shard, lot_id),
    unique (shard, viewer_id, lot_id),
    constraint lot_paid_has_price check ((kind = 'paid') = (price_minor is not null and currency is not null)),
    constraint lot_not_over_reversed
        check (coins_reversed >= 0 and coins_expired >= 0 and coins_reversed + coins_expired <= coins)
);
comment on column lot.coins_reversed is 'taken back by reversals, spent and unspent, less what was put back';
create index lot_to_expire on lot (expires_at) where expires_at is not null and coins_reversed + coins_expired < coins;

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
    message text check (message <> ''),
    anonymous boolean not null default false,
    primary key (shard, viewer_id, id),
    check (count > 0 and coins > 0 and spent_before >= 0 and coins_after >= 0 and combo_count >= count)
) partition by range (id);
-- Gifts lie in the order in which they were charged: where a day begins and ends costs next to nothing to know, and
-- a charge writes nothing for it but a page of summaries now and then.
create index gift_by_time on gift using brin (charged_at) with (pages_per_range = 64, autosummarize = on);

-- How many batches each pair of shards has been charged; the number is taken under this row's lock,
-- so that numbers have no gaps and their order is the order of the commits.
create table charge_stream (
    shard smallint not null,
    creator_shard smallint not null,
    charged_through bigint not null default 0,
    primary key (shard, creator_shard)
) with (fillfactor = 50);
insert into charge_stream (shard, creator_shard)
select s, c from ledger_setting, generate_series(0, shards - 1) s, generate_series(0, shards - 1) c;

-- A gift has one shape on its way from the books to a screen.
create type gift_line as (
    id uuid,
    viewer_id bigint,
    creator_id bigint,
    share_coins bigint,
    room_id bigint,
    item_id integer,
    count integer,
    coins bigint,
    combo_id uuid,
    combo_count integer,
    message text,
    anonymous boolean
);
comment on type gift_line is
    'What one creator has of a gift: who gave it, who receives which share of it, in which room it is seen, and how.';

-- What is charged and not delivered: the outbox, and the balance of the clearing accounts.
-- Its lines are sorted by viewer and then by arrival.
create table gift_batch (
    shard smallint not null,
    creator_shard smallint not null,
    batch_no bigint not null,
    charged_at timestamptz not null,
    gifts integer not null check (gifts > 0),
    coins bigint not null check (coins > 0),
    lines gift_line[] not null,
    primary key (shard, creator_shard, batch_no),
    constraint gift_batch_lines_check check (cardinality(lines) = gifts)
);
-- Compressing what lives for milliseconds costs more than it saves. (PostgreSQL 15 cannot say it in the table.)
alter table gift_batch alter lines set storage external;

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
insert into delivery_stream (shard, source_shard)
select c, s from ledger_setting, generate_series(0, shards - 1) s, generate_series(0, shards - 1) c;

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

-- Frames: what a room's screens receive, numbered per room without gaps, kept with the creator's shard.

create table room_head (
    shard smallint not null,
    room_id bigint not null,
    seq bigint not null default 0,
    primary key (shard, room_id)
) with (fillfactor = 50);

-- kind 'gift': lines, one a gift; every other kind: body.
create table frame (
    shard smallint not null,
    room_id bigint not null,
    seq bigint not null check (seq > 0),
    kind text not null,
    at timestamptz not null,
    body jsonb,
    lines gift_line[],
    primary key (shard, room_id, seq),
    check ((kind = 'gift') = (lines is not null)),
    check ((kind = 'gift') = (body is null))
);

-- The way back: what reversals take back from the strip, and which gifts they mark.

-- One taking back of coins of one lot: first the unspent ones, then those spent last. Putting back ends it.
create table lot_reversal (
    shard smallint not null,
    reversal_id uuid not null,
    viewer_id bigint not null,
    lot_id uuid not null,
    unspent_only boolean not null,
    coins_unspent bigint not null check (coins_unspent >= 0),
    coins_spent bigint not null check (coins_spent >= 0),
    taken_at timestamptz not null,
    put_back_at timestamptz,
    primary key (shard, reversal_id),
    foreign key (shard, viewer_id, lot_id) references lot (shard, viewer_id, lot_id),
    check (coins_unspent + coins_spent > 0),
    check (not unspent_only or coins_spent = 0)
);
create index lot_reversal_by_lot on lot_reversal (shard, lot_id);

-- Stretches of the spent part of a strip that standing reversals claim. No coin is claimed twice: the stretches are
-- found under the wallet's lock among those that are free.
create table reversed_strip (
    shard smallint not null,
    viewer_id bigint not null,
    start_coin bigint not null check (start_coin >= 0),
    end_coin bigint not null check (end_coin > start_coin),
    reversal_id uuid not null,
    primary key (shard, viewer_id, start_coin),
    unique (shard, viewer_id, end_coin),
    foreign key (shard, reversal_id) references lot_reversal (shard, reversal_id)
);
create index reversed_strip_by_reversal on reversed_strip (shard, reversal_id);

-- The gifts a reversal marks, and how many of their coins. A lifted mark stays as history.
create table gift_reversal (
    shard smallint not null,
    viewer_id bigint not null,
    gift_id uuid not null,
    reversal_id uuid not null,
    creator_id bigint not null,
    room_id bigint not null,
    item_id integer not null,
    coins bigint not null check (coins > 0),
    marked_at timestamptz not null,
    lifted_at timestamptz,
    primary key (shard, viewer_id, gift_id, reversal_id),
    foreign key (shard, reversal_id) references lot_reversal (shard, reversal_id)
);
create index gift_reversal_by_reversal on gift_reversal (shard, reversal_id, creator_id);

grant select on lot_reversal, reversed_strip, gift_reversal to plaudit_app;
