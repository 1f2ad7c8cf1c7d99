-- Brakes: how much somebody lets themselves give, in money. The books hold them; the room `brakes` says what they are.

create table brake_rule (
    name text primary key,
    seconds integer not null check (seconds >= 0)
);
comment on table brake_rule is 'how long a looser limit of each kind waits, and after how long without a gift a session is over';
insert into brake_rule (name, seconds) values
    ('gift', 86400), ('creator', 604800), ('session', 86400), ('day', 86400), ('week', 604800), ('month', 604800),
    ('ask', 86400), ('night', 86400), ('remind_amount', 0), ('remind_minutes', 0), ('session_gap', 1800);

-- Amounts are in millionths of the currency's minor unit, so that a coin is worth a whole number of them, and gifts are
-- worth the same however they are divided. What is given is counted on and on; a mark is how far it was when a window
-- began. A limit that is null is none.
create table brake (
    id bigint primary key,
    is_shared boolean not null,
    currency text not null,
    coin_worth bigint not null,
    time_zone text not null,
    stopped_until timestamptz,
    gift_max bigint,
    creator_max bigint,
    session_max bigint,
    day_max bigint,
    week_max bigint,
    month_max bigint,
    ask_above bigint,
    remind_each bigint check (remind_each > 0),
    night_from_minute smallint,
    night_to_minute smallint,
    night_asks boolean,
    night_since timestamptz,
    night_until timestamptz,
    given bigint not null,
    given_at timestamptz,
    session_since timestamptz not null,
    session_mark bigint not null,
    day_since timestamptz not null,
    day_until timestamptz not null,
    day_mark bigint not null,
    week_since timestamptz not null,
    week_until timestamptz not null,
    week_mark bigint not null,
    month_since timestamptz not null,
    month_until timestamptz not null,
    month_mark bigint not null
) with (fillfactor = 50);
comment on table brake is 'what one person lets themselves give: of one wallet, or shared by those of linked accounts';
comment on column brake.coin_worth is 'of a coin that was not bought in the currency';
comment on column brake.given is 'where it is shared; else the wallet counts: so for given_at, when the last gift was';
comment on column brake.night_since is 'of the night that is, or comes next';
create index brake_shared on brake (id) where is_shared;

-- Null without a brake. As long as a gift comes before brake_until, is worth no more than gift_worth_max and leads no further
-- than given_through, charge() asks no more than that; null: it asks the brake.
alter table wallet
    add column brake_id bigint,
    add column given bigint,
    add column given_through bigint,
    add column gift_worth_max bigint,
    add column brake_until timestamptz,
    add column session_mark bigint,
    add column period_mark bigint,
    add column worth_through bigint,
    add column next_coin_worth bigint,
    add constraint wallet_brake_counts check ((brake_id is null) = (given is null)),
    add constraint wallet_given_is_held check (given <= given_through);
comment on column wallet.brake_id is 'whose brake holds: the least of the accounts of one person';
comment on column wallet.period_mark is 'of the longest of day, week and month that has a limit';
comment on column wallet.worth_through is 'until that coin of the strip each is worth next_coin_worth';
create index wallet_with_brake on wallet (brake_id) where brake_id is not null;

-- What charge() says of a gift that a brake holds, or was asked about.
create type brake_word as (
    stopped_by text,
    worth bigint,
    room bigint,
    ends_at timestamptz,
    currency text,
    session_given bigint,
    period text,
    period_given bigint,
    period_max bigint,
    reminds boolean
);
create type brake_step as (
    word brake_word,
    given bigint,
    given_through bigint,
    gift_worth_max bigint,
    brake_until timestamptz,
    session_mark bigint,
    period_mark bigint
);

-- What was given to each creator in the month of a brake that limits it.
create table brake_creator (
    brake_id bigint not null,
    creator_id bigint not null,
    since timestamptz not null,
    given bigint not null check (given >= 0),
    primary key (brake_id, creator_id)
);
