-- Coins that were granted earn nothing: what they paid for of each part of a gift is known, and is never converted.
alter table wallet add column promotional_through bigint not null default 0;
comment on column wallet.promotional_through is 'where the last promotional stretch of the strip ends: what is spent before may be one';
create table promotional_part (
    shard smallint not null,
    viewer_id bigint not null,
    gift_id uuid not null,
    creator_id bigint not null,
    coins bigint not null check (coins > 0),
    creator_shard smallint not null,
    batch_no bigint not null,
    primary key (shard, viewer_id, gift_id, creator_id)
);
comment on table promotional_part is 'what granted coins paid for of a creator''s part of a gift';
create index promotional_part_by_creator on promotional_part (creator_shard, creator_id) include (shard, batch_no, coins);

-- What was spent before is not told apart: it was given as all gifts were, and some of it is cashed out.
create table promotional_before (
    shard smallint not null,
    viewer_id bigint not null,
    spent bigint not null check (spent > 0),
    primary key (shard, viewer_id)
);
comment on column promotional_before.spent is 'how much of the strip was spent before granted coins were told apart';
insert into promotional_before (shard, viewer_id, spent)
select w.shard, w.viewer_id, w.spent from wallet w
where w.spent > 0 and exists (
    select from lot l where l.shard = w.shard and l.viewer_id = w.viewer_id and l.kind = 'promotional'
);
update wallet w set promotional_through = s.through
from (
    select shard, viewer_id, max(end_coin) as through
    from strip join lot using (shard, viewer_id, lot_id) where kind = 'promotional' group by shard, viewer_id
) s
where w.shard = s.shard and w.viewer_id = s.viewer_id and s.through > w.spent;
