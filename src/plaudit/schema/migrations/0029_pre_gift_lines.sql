-- A gift has one shape on its way from the books to a screen.
create type gift_line as (
    id uuid,
    viewer_id bigint,
    creator_id bigint,
    share_coins bigint,
    room_id bigint,
    item_id integer,
    count integer,
    coins bigint,
    combo_id uuid,
    combo_count integer,
    message text,
    anonymous boolean
);
comment on type gift_line is
    'What one creator has of a gift: who gave it, who receives which share of it, in which room it is seen, and how.';

alter table gift
    add column message text check (message <> ''),
    add column anonymous boolean not null default false;

alter table gift_batch add column lines gift_line[];
update gift_batch b set lines = (
    select array_agg(row(id, viewer_id, creator_id, coins, room_id, item_id, count, coins, combo_id, combo_count, null, false)::gift_line
        order by place)
    from unnest(b.gift_ids, b.viewer_ids, b.creator_ids, b.room_ids, b.item_ids, b.counts, b.gift_coins, b.combo_ids, b.combo_counts)
        with ordinality as u (id, viewer_id, creator_id, room_id, item_id, count, coins, combo_id, combo_count, place)
);
alter table gift_batch
    alter column lines set not null,
    alter column lines set storage external, -- it goes at once: to compress it is for nothing
    drop column gift_ids, drop column viewer_ids, drop column creator_ids, drop column room_ids, drop column item_ids,
    drop column counts, drop column gift_coins, drop column combo_ids, drop column combo_counts,
    add constraint gift_batch_lines_check check (cardinality(lines) = gifts);

alter table frame add column lines gift_line[];
update frame f set lines = (
    select array_agg(row(id, viewer_id, creator_id, coins, f.room_id, item_id, count, coins, combo_id, combo_count, null, false)::gift_line
        order by place)
    from unnest(f.gift_ids, f.viewer_ids, f.creator_ids, f.item_ids, f.counts, f.gift_coins, f.combo_ids, f.combo_counts)
        with ordinality as u (id, viewer_id, creator_id, item_id, count, coins, combo_id, combo_count, place)
)
where kind = 'gift';
alter table frame
    drop constraint frame_check,
    drop column gift_ids, drop column viewer_ids, drop column creator_ids, drop column item_ids, drop column counts,
    drop column gift_coins, drop column combo_ids, drop column combo_counts,
    add constraint frame_check check ((kind = 'gift') = (lines is not null));

drop function if exists charge(smallint, timestamptz, integer, uuid[], bigint[], bigint[], smallint[], bigint[], integer[],
    integer[], bigint[], boolean[]);
drop function if exists delivery_hash(bytea, bigint, bigint, uuid[], bigint[], bigint[], bigint[]);
