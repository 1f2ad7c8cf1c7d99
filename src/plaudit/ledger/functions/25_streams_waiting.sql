-- The streams with batches to deliver, by the creators' shard. Found by skipping from one to the next: many batches of
-- one stream cost no more than one, and none cost one look into the index.
create or replace function streams_waiting() returns table (shard smallint, source_shards smallint[])
language sql stable set search_path = public, pg_temp
-- A plan made while there are no batches must not survive into the day there are many.
set enable_seqscan = off as $$
    with recursive waiting as (
        (select b.shard, b.creator_shard from gift_batch b order by b.shard, b.creator_shard limit 1)
        union all
        select n.shard, n.creator_shard from waiting w cross join lateral (
            select b.shard, b.creator_shard from gift_batch b
            where (b.shard, b.creator_shard) > (w.shard, w.creator_shard) order by b.shard, b.creator_shard limit 1
        ) n
    )
    select w.creator_shard, array_agg(w.shard order by w.shard) from waiting w group by w.creator_shard
$$;
