-- What a buyer agreed to with an order: that coins can be used at once, and that the right of withdrawal ends with their use.

create table withdrawal_consent (
    shard smallint not null,
    order_id uuid not null,
    version text not null check (version ~ '^[0-9]{4}-[0-9]{2}$'),
    language text not null check (char_length(language) between 2 and 35),
    words text not null check (char_length(words) between 1 and 1000),
    given_at timestamptz not null,
    primary key (shard, order_id),
    foreign key (shard, order_id) references recharge_order (shard, order_id)
);
comment on table withdrawal_consent is 'given expressly when the order was placed, and never changed';
comment on column withdrawal_consent.words is 'as they were shown, in that language';
grant select, insert on withdrawal_consent to plaudit_app;
