-- Each delivery is sealed: its hash is that of the hash before and of the lines charged into its batches.
with sealed as (
    select d.*, coalesce(lag(hash) over (partition by shard, source_shard order by through_batch_no), '') as previous
    from delivery d
), contents as (
    select d.shard, d.source_shard, d.through_batch_no, count(*) as gifts, sum(p.coins) as coins,
        array_agg(case when p.is_shown then line_of(g) else part_of(line_of(g), p.creator_id, p.coins) end
            order by p.is_shown desc, p.batch_no, p.viewer_id, p.spent_before) as lines
    from delivery d
    join gift_part p on p.shard = d.source_shard and p.creator_shard = d.shard
        and p.batch_no between d.from_batch_no and d.through_batch_no
    join gift g on g.shard = p.shard and g.viewer_id = p.viewer_id and g.id = p.id
    group by 1, 2, 3
)
select s.shard, s.source_shard, s.through_batch_no, s.gifts, c.gifts as gifts_charged, s.coins, c.coins as coins_charged
from sealed s left join contents c using (shard, source_shard, through_batch_no)
where s.gifts is distinct from c.gifts or s.coins is distinct from c.coins
    or s.coins <> (select coalesce(sum(x), 0) from unnest(s.creator_coins) x)
    or s.hash is distinct from delivery_hash(s.previous, s.from_batch_no, s.through_batch_no, c.lines)
union all
select t.shard, t.source_shard, t.delivered_through, null, null, null, null
from delivery_stream t left join delivery d
    on d.shard = t.shard and d.source_shard = t.source_shard and d.through_batch_no = t.delivered_through
where t.hash <> coalesce(d.hash, '');
