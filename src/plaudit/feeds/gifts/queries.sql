-- Gifts and combos on their way from frames into the log of events.

-- name: gifts_followed -> Followed
select gifts_wanted_until as wanted_until, gifts_since as since from event_log;

-- name: note_begin
update event_log set gifts_since = $1 where gifts_since is null;

-- name: note_end
with ended as (update event_log set gifts_since = null) delete from event_combo;

-- name: shards_with_combos_over
-- By their time; whether more of them is on its way is not asked.
select distinct shard from event_combo where last_at < $1;

-- name: combos_that_may_be_over
-- Nothing that could still belong to one is on its way: no batch charged before its time was over.
select c.combo_id from event_combo c
where c.shard = $1 and c.last_at < $2 and not exists (
    select from gift_batch b
    where b.shard = shard_of(c.viewer_id) and b.creator_shard = c.shard
        and b.charged_at <= c.last_at + $3 * interval '1 millisecond'
)
order by c.last_at limit $4;

-- name: add_to_combos
insert into event_combo as c (combo_id, shard, room_id, creator_id, viewer_id, anonymous, item_id, count, coins, gifts,
    last_at)
select * from unnest($1::uuid[], $2::smallint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::boolean[], $7::integer[],
    $8::bigint[], $9::bigint[], $10::bigint[], $11::timestamptz[])
on conflict (combo_id) do update
set count = greatest(c.count, excluded.count), coins = c.coins + excluded.coins, gifts = c.gifts + excluded.gifts,
    last_at = greatest(c.last_at, excluded.last_at);

-- name: end_combos -> Combo
-- Those that got nothing more since they were chosen.
delete from event_combo where combo_id = any ($1::uuid[]) and last_at < $2
returning combo_id, shard, room_id, creator_id, viewer_id, anonymous, item_id, count, coins, gifts, last_at;

-- name: skus
select id, sku from item where id = any ($1::integer[]);
