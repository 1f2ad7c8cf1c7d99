-- name: note_link
-- One that only its store has told of has no token; the app may bring it later.
insert into store_link as l (provider, link_id, token, begun_at, noted_at, report_hours) values ($1, $2, $3, $4, $5, $6)
on conflict (provider, link_id) do update set token = excluded.token where l.token is null and excluded.token is not null

-- name: link_order
insert into store_link_order (shard, order_id, provider, link_id) values ($1, $2, $3, $4)

-- name: link_of_order -> LinkedTo
select k.provider, l.token from store_link_order k join store_link l using (provider, link_id)
where k.shard = $1 and k.order_id = $2

-- name: lock_link
select true from store_link where provider = $1 and link_id = $2 for no key update
