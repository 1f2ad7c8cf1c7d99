-- What creators make of gifts: reward rules, conversions, and what clawbacks take of both.
-- What belongs to one creator is kept with the creator's shard; rules are the same everywhere.

-- diamonds = floor(coins * numerator / denominator). A rule is never changed: a newer one takes over when it takes effect.
create table reward_rule (
    version integer primary key check (version > 0),
    numerator bigint not null check (numerator between 1 and 1000000000),
    denominator bigint not null check (denominator between 1 and 1000000000),
    maturity_s integer not null check (maturity_s >= 0),
    coins_min bigint not null check (coins_min > 0),
    effective_at timestamptz not null,
    recorded_at timestamptz not null,
    recorded_by bigint,
    note text not null
);
comment on column reward_rule.maturity_s is 'how long diamonds stay pending';
comment on column reward_rule.coins_min is 'the smallest conversion';
comment on column reward_rule.recorded_by is 'the operator; null: it came with the house';
insert into reward_rule (version, numerator, denominator, maturity_s, coins_min, effective_at, recorded_at, note) values
    (1, 1, 1, 604800, 1, '2000-01-01 00:00Z', '2000-01-01 00:00Z', 'one diamond a coin, available after seven days');

-- One row a creator, and the lock under which a creator's conversions and payouts are decided one after another.
create table creator_setting (
    shard smallint not null,
    creator_id bigint not null,
    automatic_conversion boolean not null default false,
    conversion_tries integer not null default 0,
    conversion_due_at timestamptz,
    conversion_error text,
    conversion_failing_since timestamptz,
    primary key (shard, creator_id),
    constraint creator_setting_conversion_failing
        check ((conversion_error is null) = (conversion_failing_since is null))
) with (fillfactor = 50);
comment on column creator_setting.conversion_tries is 'of automatic conversion, since it worked last';
create index creator_setting_automatic on creator_setting (creator_id) where automatic_conversion;
create index creator_setting_stuck on creator_setting (conversion_failing_since) where conversion_error is not null;

-- coins_requested is null when all of the gift balance was asked for; coins is what made whole diamonds.
-- What was clawed back is always the same share of the diamonds as of the coins, rounded down.
create table conversion (
    shard smallint not null,
    id uuid not null,
    creator_id bigint not null,
    coins_requested bigint check (coins_requested > 0),
    coins bigint not null check (coins > 0),
    diamonds bigint not null check (diamonds > 0),
    rule_version integer not null references reward_rule (version),
    converted_at timestamptz not null,
    matures_at timestamptz not null check (matures_at >= converted_at),
    matured_at timestamptz check (matured_at >= matures_at),
    coins_clawed bigint not null default 0,
    diamonds_clawed bigint not null default 0,
    diamonds_matured bigint,
    maturity_tries integer not null default 0,
    maturity_due_at timestamptz,
    maturity_error text,
    primary key (shard, id),
    check (coins <= coins_requested),
    check (coins_clawed between 0 and coins),
    constraint conversion_clawed_in_proportion
        check (diamonds_clawed = div(diamonds::numeric * coins_clawed, coins)),
    check (diamonds_matured between 0 and diamonds),
    check ((diamonds_matured is null) = (matured_at is null))
) with (fillfactor = 80);
comment on column conversion.diamonds_matured is 'what became available: less what had been clawed back until then';
comment on column conversion.maturity_due_at is 'when it may be matured after a try that failed; null: when it matures';
create index conversion_by_creator on conversion (shard, creator_id, converted_at desc, id desc);
create index conversion_to_mature on conversion (matures_at) where matured_at is null;
create index conversion_stuck on conversion (matures_at) where matured_at is null and maturity_error is not null;

-- What is to be done on the creators' side when coins of gifts are taken back, or put back, in their shards: the queue
-- between the two. A return follows its take.
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
    tries integer not null default 0,
    due_at timestamptz,
    error text,
    primary key (shard, reversal_id, creator_id, direction),
    foreign key (shard, reversal_id) references lot_reversal (shard, reversal_id)
);
comment on column clawback.through_batch_no is 'only coins that were delivered can be taken: the last batch of the gifts';
comment on column clawback.queue_no is
    'the order for one creator: coins that were put back can be taken again, but not before they were returned';
comment on column clawback.due_at is 'when it may be tried; null: at once. Later ones of the same creator wait for it';
-- The first clawback of each creator that waits is looked for creator by creator.
create index clawback_to_apply on clawback (creator_id, queue_no) where applied_at is null;
create index clawback_stuck on clawback (queued_at) where applied_at is null and error is not null;

-- What a clawback took, from the gift balance (no conversion) or from one conversion. Kept with the creator's shard;
-- `reference` is that of its movements.
create table clawback_part (
    shard smallint not null,
    reference uuid not null,
    reversal_id uuid not null,
    creator_id bigint not null,
    conversion_id uuid,
    coins bigint not null check (coins > 0),
    diamonds bigint not null check (diamonds >= 0),
    was_pending boolean not null,
    taken_at timestamptz not null,
    returned_at timestamptz,
    diamonds_returned bigint check (diamonds_returned >= 0),
    returned_pending boolean,
    primary key (shard, reference),
    unique nulls not distinct (shard, reversal_id, creator_id, conversion_id),
    foreign key (shard, conversion_id) references conversion (shard, id),
    check (conversion_id is not null or diamonds = 0 and not was_pending),
    check ((returned_at is null) = (diamonds_returned is null) and (returned_at is null) = (returned_pending is null))
);
comment on column clawback_part.diamonds_returned is 'may differ by one from what was taken: rounding follows what stays';
create index clawback_part_by_creator on clawback_part (shard, creator_id, taken_at desc, reversal_id desc);

grant select, insert on reward_rule to plaudit_app;
grant select, insert, update on creator_setting to plaudit_app;
grant select, insert, update (matured_at, coins_clawed, diamonds_clawed, diamonds_matured, maturity_tries, maturity_due_at,
    maturity_error) on conversion to plaudit_app;
grant select, update (applied_at, tries, due_at, error) on clawback to plaudit_app;
grant select, insert, update (returned_at, diamonds_returned, returned_pending) on clawback_part to plaudit_app;
