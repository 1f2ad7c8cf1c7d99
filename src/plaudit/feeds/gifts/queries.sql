-- Gifts and combos on their way from frames into the log of events.

-- name: gifts_followed -> Followed
select gifts_wanted_until as wanted_until, gifts_since as since from event_log;

-- name: begin
-- From now on: all in one snapshot, so that nothing falls between streams and rooms.
with begun as (
    update event_log set gifts_since = $1 where gifts_since is null returning gifts_since
), streams as (
    insert into event_delivery_stream (shard, source_shard, through_batch_no)
    select d.shard, d.source_shard, d.delivered_through from delivery_stream d cross join begun
)
insert into event_room (shard, room_id, seq) select h.shard, h.room_id, h.seq from room_head h cross join begun;

-- name: end
with ended as (update event_log set gifts_since = null), rooms as (delete from event_room), combos as (delete from event_combo)
delete from event_delivery_stream;

-- name: lock_shard
-- One process a shard; the others have nothing to do there.
select shard from event_delivery_stream where shard = $1 and source_shard = 0 for no key update skip locked;

-- name: combos_that_may_be_over
-- Nothing that could still belong to one is on its way: no batch charged before its time was over.
select c.combo_id from event_combo c
where c.shard = $1 and c.last_at < $2 and not exists (
    select from gift_batch b
    where b.shard = shard_of(c.viewer_id) and b.creator_shard = c.shard
        and b.charged_at <= c.last_at + $3 * interval '1 millisecond'
)
order by c.last_at limit $4;

-- name: deliveries_since -> SeenDelivery
select d.source_shard, d.through_batch_no, d.creator_ids
from event_delivery_stream s cross join lateral (
    select * from delivery d
    where d.shard = s.shard and d.source_shard = s.source_shard and d.through_batch_no > s.through_batch_no
    order by d.through_batch_no limit $2
) d
where s.shard = $1;

-- name: frames_of_gifts
-- Of the rooms of these creators, what was not copied yet.
select f.room_id, r.creator_id, f.seq, f.at, f.lines
from room r
join room_head h on h.shard = $1 and h.room_id = r.id
left join event_room e on e.shard = $1 and e.room_id = r.id
cross join lateral (
    select * from frame f
    where f.shard = $1 and f.room_id = r.id and f.seq > coalesce(e.seq, 0) and f.kind = 'gift' order by f.seq limit $3
) f
where r.creator_id = any ($2::bigint[]) and h.seq > coalesce(e.seq, 0)
order by f.room_id, f.seq limit $3;

-- name: move_rooms
insert into event_room (shard, room_id, seq) select $1, u.room_id, u.seq from unnest($2::bigint[], $3::bigint[]) as u (room_id, seq)
on conflict (shard, room_id) do update set seq = excluded.seq;

-- name: move_streams
update event_delivery_stream s set through_batch_no = u.through_batch_no
from unnest($2::smallint[], $3::bigint[]) as u (source_shard, through_batch_no)
where s.shard = $1 and s.source_shard = u.source_shard;

-- name: add_to_combos
insert into event_combo as c (combo_id, shard, room_id, creator_id, viewer_id, item_id, count, coins, gifts, last_at)
select * from unnest($1::uuid[], $2::smallint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::integer[], $7::bigint[],
    $8::bigint[], $9::bigint[], $10::timestamptz[])
on conflict (combo_id) do update
set count = greatest(c.count, excluded.count), coins = c.coins + excluded.coins, gifts = c.gifts + excluded.gifts,
    last_at = greatest(c.last_at, excluded.last_at);

-- name: end_combos -> Combo
-- Those that got nothing more since they were chosen.
delete from event_combo where combo_id = any ($1::uuid[]) and last_at < $2
returning combo_id, shard, room_id, creator_id, viewer_id, item_id, count, coins, gifts, last_at;

-- name: skus
select id, sku from item where id = any ($1::integer[]);
