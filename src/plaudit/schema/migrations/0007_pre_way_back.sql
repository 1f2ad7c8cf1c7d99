-- The way back: lots that expire, what reversals take back from the strip, which gifts they mark, and the creators' part.

insert into account_kind (kind, asset_class, may_go_negative, description) values
    ('coins_expired', 'coin', false, 'coins that were not spent before their lot expired');
insert into transfer_reason (reason, debit_kind, credit_kind, description) values
    ('reversal', 'wallet', 'coins_issued', 'unspent coins of a lot whose money goes back'),
    ('reversal_undone', 'coins_issued', 'wallet', 'the money stays: the coins are spendable again'),
    ('expiry', 'wallet', 'coins_expired', 'unspent coins of an expired lot');

alter table lot
    add expires_at timestamptz check (expires_at > created_at),
    add coins_reversed bigint not null default 0,
    add coins_expired bigint not null default 0,
    add constraint lot_not_over_reversed
        check (coins_reversed >= 0 and coins_expired >= 0 and coins_reversed + coins_expired <= coins);
comment on column lot.coins_reversed is 'taken back by reversals, spent and unspent, less what was put back';
create index lot_to_expire on lot (expires_at) where expires_at is not null and coins_reversed + coins_expired < coins;

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

-- What is to be done on the creators' side, in their shards: the queue between the two. A return follows its take.
create table clawback (
    shard smallint not null,
    reversal_id uuid not null,
    creator_id bigint not null,
    direction text not null check (direction in ('take', 'return')),
    coins bigint not null check (coins > 0),
    creator_shard smallint not null,
    through_batch_no bigint not null,
    queued_at timestamptz not null,
    queue_no bigint generated always as identity,
    applied_at timestamptz,
    primary key (shard, reversal_id, creator_id, direction),
    foreign key (shard, reversal_id) references lot_reversal (shard, reversal_id)
);
comment on column clawback.queue_no is
    'the order for one creator: coins that were put back can be taken again, but not before they were returned';
comment on column clawback.through_batch_no is 'only coins that were delivered can be taken: the last batch of the gifts';
create index clawback_to_apply on clawback (queue_no) where applied_at is null;

drop function if exists fund(smallint, bigint, uuid, text, text, bigint, bigint, text, timestamptz);

grant select on lot_reversal, reversed_strip, gift_reversal, clawback to plaudit_app;
