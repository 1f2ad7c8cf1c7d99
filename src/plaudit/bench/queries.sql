-- name: fill_wallets
insert into wallet (shard, viewer_id, coins) select shard_of(id), id, $2 from generate_series(1, $1::bigint) id;

-- name: fill_gifts
-- $2 of $3 gifts, from after the first $1, in the order of their time: one every millisecond up to $5, each from any of
-- $4 viewers.
insert into gift (shard, viewer_id, id, creator_id, room_id, item_id, count, coins, spent_before, coins_after, combo_id,
    combo_count, creator_shard, batch_no, charged_at, previous_gift_id)
select shard_of(p.viewer_id), p.viewer_id, p.id, p.viewer_id, p.viewer_id, 1, 1, 1, 1, 0, p.id, 1, 0, 0,
    to_timestamp(p.at_ms / 1000.0), p.id
from generate_series($1::bigint + 1, $1 + $2::bigint) n
cross join lateral (
    select 1 + (hashint8extended(n, 0) & 9223372036854775807) % $4::bigint as viewer_id,
        (extract(epoch from $5::timestamptz) * 1000)::bigint - $3::bigint + n as at_ms, md5(n::text) as random
) v
cross join lateral (
    select v.viewer_id, v.at_ms, (lpad(to_hex(v.at_ms), 12, '0') || '7' || substr(v.random, 1, 3) || '8' || substr(v.random, 4, 15))::uuid as id
) p;

-- name: fill_naive_wallets
insert into naive_wallet (viewer_id, coins, spent) select id, $2, 0 from generate_series(1, $1::bigint) id;

-- name: fill_naive_balances
insert into naive_balance (creator_id, balance) select id, 0 from generate_series($1::bigint, $2::bigint) id;

-- name: naive_send
select naive_send($1, $2, $3, $4, $5, $6, $7, $8);

-- name: insert_bare_gifts
insert into bare_gift (shard, viewer_id, id, creator_id, room_id, item_id, count, coins, spent_before, coins_after, combo_id,
    combo_count, creator_shard, batch_no, charged_at, previous_gift_id)
select 0, viewer_id, id, creator_id, creator_id, 1, 1, coins, 1, 0, id, 1, 0, 0, $5, id
from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[]) as g (id, viewer_id, creator_id, coins);

-- name: has_undelivered
select exists (select from gift_batch) as undelivered;

-- name: charged_batches
select sum(charged_through)::bigint as batches from charge_stream;

-- name: gifts_per_batch
select (select count(*) from gift) / greatest(sum(charged_through), 1)::float8 as gifts from charge_stream;

-- name: allow_unsold_lots
-- Coins as if they were bought, without a shop.
alter table lot disable trigger lot_has_a_cause;

-- name: fund_viewer
select fund(shard_of($1), $1, $2, 'paid', 'recharge', $3, 100, 'USD', $4);
