-- The catalogue, and gifts that were sent.

-- name: catalogue_version
select version from catalogue;

-- name: move_catalogue_version
update catalogue set version = version + 1;

-- name: lock_catalogue
select version from catalogue for update;

-- name: latest_items -> Item
-- Of every item the version that counts: the newest.
select distinct on (v.item_id) v.item_id as id, i.sku, v.version, v.name, v.coins, v.category, v.art, v.size, v.combo,
    v.animation, v.duration_ms, v.sort, v.active_from, v.retired_at
from item_version v join item i on i.id = v.item_id
order by v.item_id, v.version desc;

-- name: insert_item
insert into item (id, sku) values ($1, $2) on conflict (id) do nothing;

-- name: retire_item
update item_version set retired_at = greatest($2, active_from) where item_id = $1 and retired_at is null;

-- name: insert_item_version
insert into item_version (item_id, version, name, coins, category, art, size, combo, animation, duration_ms, sort,
    active_from)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- name: gift_of_viewer -> GiftRow
select id, room_id, creator_id, item_id, count, coins, coins_after, combo_id, combo_count, charged_at
from gift where shard = $1 and viewer_id = $2 and id = $3;

-- name: people_known
select id from person where issuer_id = $1 and id = any ($2);
