-- The catalogue: items, their versions, their pictures.

-- name: catalogue_version
select version from catalogue;

-- name: move_catalogue_version
update catalogue set version = version + 1;

-- name: lock_catalogue
select version from catalogue for update;

-- name: item_versions -> Item
-- Of every item all versions, in the order in which they begin.
select v.item_id as id, i.sku, v.version, v.name, v.coins, v.category, v.art, v.size, v.combo, v.animation,
    v.duration_ms, v.sort, v.names, v.alt, v.still, v.hidden, v.regions, v.creator_ids, v.active_from, v.retired_at,
    v.changed_by, v.changed_at
from item_version v join item i on i.id = v.item_id
where v.withdrawn_at is null
order by v.item_id, v.active_from, v.version;

-- name: items_known
-- Every item there ever was, and the number of its last version.
select i.id, i.sku, coalesce(max(v.version), 0) as newest
from item i left join item_version v on v.item_id = i.id group by i.id;

-- name: insert_item
insert into item (id, sku) values ($1, $2) on conflict (id) do nothing;

-- name: insert_item_version
insert into item_version (item_id, version, active_from, retired_at, changed_by, changed_at, name, coins, category, art,
    size, combo, animation, duration_ms, sort, names, alt, still, hidden, regions, creator_ids)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21);

-- name: end_item_version
update item_version set retired_at = case when $3::timestamptz is not null then greatest($3, active_from) end where item_id = $1 and version = $2;

-- name: withdraw_versions
-- Those that have not begun: nobody has seen them.
update item_version set withdrawn_at = $2 where item_id = $1 and active_from > $2 and withdrawn_at is null;

-- name: add_art
insert into art (name, content, width, height, added_by, added_at) values ($1, $2, $3, $4, $5, $6)
on conflict (name) do nothing;

-- name: art_content
select content from art where name = $1;

-- name: art_known
select name from art where name = any ($1);
