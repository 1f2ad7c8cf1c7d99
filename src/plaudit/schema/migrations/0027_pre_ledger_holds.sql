-- Holds: coins of a wallet set aside for a purpose until a time, lot by lot.

create type lot_coins as (
    lot_id uuid,
    coins bigint
);

alter table wallet add column held bigint not null default 0 constraint wallet_not_over_released check (held >= 0);
comment on column wallet.coins is 'free: what can be spent';
comment on column wallet.held is 'set aside by holds, and not on the strip';

alter table lot
    add column coins_held bigint not null default 0,
    add constraint lot_not_over_held check (coins_held >= 0 and coins_reversed + coins_expired + coins_held <= coins);
comment on column lot.coins_held is 'set aside by holds: unspent, and not on the strip';

-- What can become of a hold. Nothing follows an end.
create table hold_transition (
    from_state text not null,
    to_state text not null,
    description text not null,
    primary key (from_state, to_state)
);
insert into hold_transition (from_state, to_state, description) values
    ('held', 'spent', 'its coins paid for a gift'),
    ('held', 'released', 'whoever set them aside let them go'),
    ('held', 'lapsed', 'its time was over'),
    ('held', 'broken', 'the money of one of its lots went back');

create table hold (
    shard smallint not null,
    hold_id uuid not null,
    viewer_id bigint not null,
    purpose text not null check (purpose ~ '^[a-z][a-z0-9_]{0,39}$'),
    coins bigint not null check (coins > 0),
    held_at timestamptz not null,
    ends_at timestamptz not null check (ends_at > held_at),
    state text not null default 'held' check (state in ('held', 'spent', 'released', 'lapsed', 'broken')),
    previous_state text,
    ended_at timestamptz check (ended_at >= held_at),
    gift_id uuid,
    due_at timestamptz,
    tries integer not null default 0 check (tries >= 0),
    leased_until timestamptz,
    failed_with text,
    error text,
    primary key (shard, hold_id),
    unique (shard, viewer_id, hold_id),
    foreign key (shard, viewer_id) references wallet (shard, viewer_id),
    constraint hold_moves_on foreign key (previous_state, state) references hold_transition (from_state, to_state),
    constraint hold_is_open_or_has_ended check (
        (state = 'held') = (previous_state is null) and (state = 'held') = (ended_at is null)
        and (state = 'held') = (due_at is not null)),
    constraint hold_is_spent_by_a_gift check ((state = 'spent') = (gift_id is not null)),
    constraint hold_is_spent_in_time check (state <> 'spent' or ended_at < ends_at),
    constraint hold_lapses_at_its_end check (state <> 'lapsed' or ended_at >= ends_at)
) with (fillfactor = 70);
comment on column hold.due_at is 'when it is let go if nothing happens before: its end, later when that failed';
create index hold_open on hold (shard, viewer_id, ends_at) where state = 'held';
create index hold_due on hold (due_at) where due_at is not null;
create unique index hold_of_gift on hold (shard, viewer_id, gift_id) where gift_id is not null;

-- The coins of one lot in a hold, as they were set aside.
create table hold_piece (
    shard smallint not null,
    hold_id uuid not null,
    viewer_id bigint not null,
    lot_id uuid not null,
    coins bigint not null check (coins > 0),
    primary key (shard, hold_id, lot_id),
    foreign key (shard, viewer_id, hold_id) references hold (shard, viewer_id, hold_id),
    foreign key (shard, viewer_id, lot_id) references lot (shard, viewer_id, lot_id)
);
create index hold_piece_by_lot on hold_piece (shard, lot_id);

grant select on hold_transition, hold_piece to plaudit_app;
grant select, update (due_at, tries, leased_until, failed_with, error) on hold to plaudit_app;
