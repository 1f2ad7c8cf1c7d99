-- name: fill_wallets
insert into wallet (shard, viewer_id, coins) select shard_of(id), id, $2 from generate_series(1, $1::bigint) id;

-- name: fill_naive_wallets
insert into naive_wallet (viewer_id, coins, spent) select id, $2, 0 from generate_series(1, $1::bigint) id;

-- name: fill_naive_balances
insert into naive_balance (creator_id, balance) select id, 0 from generate_series($1::bigint, $2::bigint) id;

-- name: naive_send
select naive_send($1, $2, $3, $4, $5, $6, $7, $8);

-- name: insert_bare_gifts
insert into bare_gift (shard, viewer_id, id, creator_id, room_id, item_id, count, coins, spent_before, coins_after, combo_id,
    combo_count, creator_shard, batch_no, charged_at)
select 0, viewer_id, id, creator_id, creator_id, 1, 1, coins, 0, 0, id, 1, 0, 0, $5
from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[]) as g (id, viewer_id, creator_id, coins);

-- name: has_undelivered
select exists (select from gift_batch) as undelivered;

-- name: charged_batches
select sum(charged_through)::bigint as batches from charge_stream;

-- name: gifts_per_batch
select (select count(*) from gift) / greatest(sum(charged_through), 1)::float8 as gifts from charge_stream;

-- name: fund_viewer
select fund(shard_of($1), $1, $2, 'promotional', 'promotion', $3, null, null, $4);
