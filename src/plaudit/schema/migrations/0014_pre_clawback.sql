-- Clawback: what creators give back of gifts whose coins were taken back, and get again when the money stays after all.

insert into transfer_reason (reason, debit_kind, credit_kind, description) values
    ('clawback_coins', 'gift_balance', 'coins_issued', 'gift balance of gifts whose money went back'),
    ('clawback_coins_returned', 'coins_issued', 'gift_balance', 'the money stays: gift balance again'),
    ('clawback_pending', 'diamonds_pending', 'diamonds_issued', 'pending diamonds of gifts whose money went back'),
    ('clawback_pending_returned', 'diamonds_issued', 'diamonds_pending', 'the money stays: diamonds pending again'),
    ('clawback_available', 'diamonds_available', 'diamonds_issued', 'available diamonds of gifts whose money went back'),
    ('clawback_available_returned', 'diamonds_issued', 'diamonds_available', 'the money stays: diamonds available again');

-- A clawback alone may take an account below zero: what comes later pays it off, and nothing else can be drawn meanwhile.
alter table transfer_reason add may_overdraw boolean not null default false;
update transfer_reason set may_overdraw = true where reason = 'clawback_available';
alter table account
    add overdraft bigint not null default 0 check (overdraft >= 0),
    drop constraint account_not_overdrawn,
    add constraint account_not_overdrawn check (may_go_negative or balance >= -overdraft);
comment on column account.overdraft is 'how far clawbacks have taken the balance below zero';
drop function if exists move_balance(smallint, text, bigint, text, bigint);

-- What of a conversion was clawed back: always the same share of its diamonds as of its coins, rounded down.
alter table conversion
    add coins_clawed bigint not null default 0 check (coins_clawed between 0 and coins),
    add diamonds_clawed bigint not null default 0,
    add diamonds_matured bigint check (diamonds_matured between 0 and diamonds),
    add constraint conversion_clawed_in_proportion
        check (diamonds_clawed = div(diamonds::numeric * coins_clawed, coins));
update conversion set diamonds_matured = diamonds where matured_at is not null;
alter table conversion add check ((diamonds_matured is null) = (matured_at is null));
comment on column conversion.diamonds_matured is 'what became available: less what had been clawed back until then';

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

grant update (applied_at) on clawback to plaudit_app;
grant update (coins_clawed, diamonds_clawed, diamonds_matured) on conversion to plaudit_app;
grant select, insert, update (returned_at, diamonds_returned, returned_pending) on clawback_part to plaudit_app;
