-- A gift names the one before it of its viewer, so that its key can be in the order of time. See 0055.
-- The wallet before the gift, as a charge locks them.

alter table wallet
    add column newest_gift_id uuid,
    add column gifts_since_milestone smallint not null default 0;
comment on column wallet.newest_gift_id is 'charged last; last_gift_id is the greatest';
comment on column wallet.gifts_since_milestone is 'charged since the last one that is a milestone';

alter table gift add column previous_gift_id uuid;
comment on column gift.previous_gift_id is 'the one charged before it of the same viewer; null: it is the first';

create table gift_milestone (
    shard smallint not null,
    viewer_id bigint not null,
    spent_before bigint not null,
    gift_id uuid not null,
    primary key (shard, viewer_id, spent_before)
);
comment on table gift_milestone is 'every so many gifts of a viewer one to begin from, found by the coins spent before it';

create temporary table ordered on commit drop as
    select shard, viewer_id, id, spent_before, lag(id) over w as previous_gift_id, row_number() over w as place,
        lead(id) over w is null as is_newest
    from gift window w as (partition by shard, viewer_id order by spent_before);
update gift g set previous_gift_id = o.previous_gift_id
from ordered o where g.shard = o.shard and g.viewer_id = o.viewer_id and g.id = o.id and o.previous_gift_id is not null;
update wallet w set newest_gift_id = o.id, gifts_since_milestone = o.place % 256
from ordered o where w.shard = o.shard and w.viewer_id = o.viewer_id and o.is_newest;
insert into gift_milestone (shard, viewer_id, spent_before, gift_id)
select shard, viewer_id, spent_before, id from ordered where place % 256 = 0;

-- A charge that waited for this migration and goes on as it was before it ends here, and is tried again.
alter table gift add constraint gift_follows_another check ((previous_gift_id is null) = (spent_before = 0));
alter table wallet
    add constraint wallet_knows_its_newest_gift check ((newest_gift_id is null) = (spent = 0)),
    add constraint wallet_gifts_since_milestone_check check (gifts_since_milestone >= 0);
