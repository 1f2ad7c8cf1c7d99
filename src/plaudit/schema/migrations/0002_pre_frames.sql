-- Frames: what a room's screens receive, numbered per room without gaps, kept with the creator's shard.

create table room_head (
    shard smallint not null,
    room_id bigint not null,
    seq bigint not null default 0,
    primary key (shard, room_id)
) with (fillfactor = 50);

-- kind 'gift': parallel arrays, one element a gift; every other kind: body.
create table frame (
    shard smallint not null,
    room_id bigint not null,
    seq bigint not null check (seq > 0),
    kind text not null,
    at timestamptz not null,
    gift_ids uuid[],
    viewer_ids bigint[],
    creator_ids bigint[],
    item_ids integer[],
    counts integer[],
    gift_coins bigint[],
    combo_ids uuid[],
    combo_counts integer[],
    body jsonb,
    primary key (shard, room_id, seq),
    check ((kind = 'gift') = (gift_ids is not null)),
    check ((kind = 'gift') = (body is null))
);
alter table frame
    alter gift_ids set storage external, alter viewer_ids set storage external, alter creator_ids set storage external,
    alter item_ids set storage external, alter counts set storage external, alter gift_coins set storage external,
    alter combo_ids set storage external, alter combo_counts set storage external;
