-- What creators received, summed by a follower of the books. It can be forgotten and summed again.
create table creator_total (
    shard smallint not null,
    creator_id bigint not null,
    by text not null check (by in ('day', 'room', 'item', 'supporter')),
    day date not null,
    key bigint not null,
    gifts bigint not null default 0,
    coins_received bigint not null default 0,
    coins_taken_back bigint not null default 0,
    primary key (shard, creator_id, by, day, key),
    check (coins_taken_back between 0 and coins_received and gifts >= 0)
) with (fillfactor = 70);
comment on table creator_total is
    'by day (UTC), and of each day by room, item and supporter, whose number is the key; of a day by itself the key is 0';
grant select, insert, delete, update (gifts, coins_received, coins_taken_back) on creator_total to plaudit_app;
