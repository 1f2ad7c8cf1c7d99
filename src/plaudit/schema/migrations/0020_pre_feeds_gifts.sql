-- How far gifts have been copied out of deliveries and frames, and the combos whose end was not told.

create table event_delivery_stream (
    shard smallint not null,
    source_shard smallint not null,
    through_batch_no bigint not null,
    primary key (shard, source_shard)
) with (fillfactor = 50);

create table event_room (
    shard smallint not null,
    room_id bigint not null,
    seq bigint not null,
    primary key (shard, room_id)
) with (fillfactor = 50);

create table event_combo (
    combo_id uuid primary key,
    shard smallint not null,
    room_id bigint not null,
    creator_id bigint not null,
    viewer_id bigint not null,
    item_id integer not null,
    count bigint not null check (count > 0),
    coins bigint not null check (coins > 0),
    gifts bigint not null check (gifts > 0),
    last_at timestamptz not null
) with (fillfactor = 70);
create index event_combo_by_end on event_combo (last_at);

grant select, insert, update, delete on event_delivery_stream, event_room, event_combo to plaudit_app;
