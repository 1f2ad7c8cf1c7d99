-- name: shard_count
select shards::integer as shards from ledger_setting;

-- name: charge
select * from public.charge($1, $2, $3, $4, $5, $6);

-- name: deliver
select * from deliver($1, $2, $3, $4, $5);

-- name: expire_lots
select expire_lots($1, $2)

-- name: ensure_gift_partitions
select ensure_gift_partitions($1, $2);

-- Migrations. They run as the login user.
