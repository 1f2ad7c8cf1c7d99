-- A gift can be on a video, seen with another creator than who receives it, and earned by several.

create type gift_share as (
    creator_id bigint,
    coins bigint,
    creator_shard smallint
);
comment on type gift_share is 'Who earns how many coins of a gift. The first share has the first coins of the strip, and so on.';

create function shares_are_the_price(p_shares gift_share[], p_coins bigint) returns boolean
language sql immutable set search_path = public, pg_temp as $$
    select coalesce(sum(coins) = p_coins and bool_and(coins > 0) and count(distinct creator_id) = count(*)
        and count(coins) = count(*) and count(creator_shard) = count(*), false)
    from unnest(p_shares)
$$;
comment on function shares_are_the_price(gift_share[], bigint) is 'each coin is one creator''s, who has one share';

alter table gift
    alter column room_id drop not null,
    add column video_id bigint,
    add column position_ms integer,
    add column shares gift_share[],
    add column share_batch_nos bigint[],
    add constraint gift_has_one_target check ((room_id is null) <> (video_id is null)),
    add constraint gift_position_is_in_a_video check (position_ms is null or position_ms >= 0 and video_id is not null),
    add constraint gift_shares_are_its_price check (shares is null or shares_are_the_price(shares, coins)),
    add constraint gift_shares_are_few check (cardinality(shares) <= 16),
    add constraint gift_shares_are_in_batches
        check ((shares is null) = (share_batch_nos is null) and cardinality(shares) = cardinality(share_batch_nos));
comment on column gift.creator_id is 'whom it is sent to';
comment on column gift.creator_shard is 'where it is shown: that of whose room or video it is';
comment on column gift.video_id is 'of the same numbers as rooms: none is both';
comment on column gift.shares is 'who earns it, fixed when it is charged; null: all of it is of whom it is sent to';
comment on column gift.share_batch_nos is 'the batch of each share, in its creator''s shard';
comment on column wallet.combo_room_id is 'the room or video';

alter type gift_line
    add attribute video_id bigint,
    add attribute position_ms integer,
    add attribute shares gift_share[];
comment on type gift_line is
    'What one creator has of a gift: who gave it, who receives which share of it, in which room or video it is seen, and how.';

-- A gift is shown once, whoever earns from it: lines that are not shown travel beside those that are.
alter table gift_batch
    add column unshown gift_line[],
    drop constraint gift_batch_coins_check,
    add constraint gift_batch_coins_check check (coins >= 0),
    drop constraint gift_batch_lines_check,
    add constraint gift_batch_lines_check check (cardinality(lines) + coalesce(cardinality(unshown), 0) = gifts);
alter table gift_batch alter unshown set storage external;
comment on column gift_batch.gifts is 'lines, shown or not';
comment on column gift_batch.unshown is 'what creators earn from gifts that another line shows';
alter table delivery
    add column unshown gift_line[],
    drop constraint delivery_coins_check,
    add constraint delivery_coins_check check (coins >= 0),
    drop constraint delivery_frames_check,
    add constraint delivery_frames_check
        check (cardinality(room_ids) = cardinality(seqs) and (cardinality(seqs) > 0 or cardinality(unshown) > 0));
comment on column delivery.gifts is 'lines, shown or not';
comment on column delivery.unshown is 'lines that no frame holds';
comment on column frame.room_id is 'the room or video';

alter table gift_reversal
    alter column room_id drop not null,
    add column video_id bigint,
    add constraint gift_reversal_has_one_target check ((room_id is null) <> (video_id is null)),
    drop constraint gift_reversal_pkey,
    add primary key (shard, viewer_id, gift_id, reversal_id, creator_id);

alter table creator_total
    drop constraint creator_total_by_check,
    add constraint creator_total_by_check check (by in ('day', 'room', 'video', 'item', 'supporter'));
comment on table creator_total is
    'by day (UTC), and of each day by room or video, item and supporter, whose number is the key; of a day by itself the key is 0';
