-- What was given on videos and stands, summed by a follower of the books. It can be forgotten and summed again.

create table video_total (
    shard smallint not null,
    video_id bigint not null references video (id),
    gifts bigint not null default 0,
    coins bigint not null default 0,
    seq bigint not null default 0 check (seq >= 0),
    primary key (shard, video_id),
    check (gifts between 0 and coins and (gifts = 0) = (coins = 0))
) with (fillfactor = 70);
comment on table video_total is 'what was given on a video and not taken back, in the shard of its frames';
comment on column video_total.gifts is 'of which something stands; one that several earn counts for each';
comment on column video_total.seq is 'of the last of its frames that was summed';

create table video_subtotal (
    shard smallint not null,
    video_id bigint not null,
    by text not null,
    second integer not null,
    item_id integer not null,
    giver_id bigint not null,
    gifts bigint not null default 0,
    coins bigint not null default 0,
    primary key (shard, video_id, by, second, item_id, giver_id),
    constraint video_subtotal_is_by_its_key check (case by
        when 'giver' then second = -1 and item_id = 0 and giver_id >= 0
        when 'second' then second >= 0 and item_id = 0 and giver_id = 0
        when 'item' then second >= 0 and item_id > 0 and giver_id >= 0
        else false
    end),
    check (gifts between 0 and coins and (gifts = 0) = (coins = 0))
) with (fillfactor = 70);
comment on table video_subtotal is
    'the same by giver; by second of the video; and of each second by item and giver. A hidden giver is 0';
create index video_subtotal_dearest on video_subtotal (shard, video_id, by, second, coins desc, item_id, giver_id)
    where by <> 'second';

grant select, insert, delete, update (gifts, coins, seq) on video_total to plaudit_app;
grant select, insert, delete, update (gifts, coins) on video_subtotal to plaudit_app;
