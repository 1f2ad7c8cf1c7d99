-- What creators' totals say is what was delivered and taken back, as far as they have read: in all, and by each measure.
with measure (by) as (
    values ('day'), ('target'), ('item'), ('supporter')
), delivered as (
    select d.shard, u.creator_id, sum(u.coins) as received
    from follower f join delivery d on d.shard = f.shard and d.log_no <= f.through,
        unnest(d.creator_ids, d.creator_coins) as u (creator_id, coins)
    where f.name = 'creators.totals' group by 1, 2
), reversed as (
    select l.shard, l.creator_id, sum(case l.direction when 'take' then c.coins else -c.coins end) as taken
    from follower f join gift_log_reversal l on l.shard = f.shard and l.log_no <= f.through
    join clawback c on c.shard = l.source_shard and c.reversal_id = l.reversal_id and c.creator_id = l.creator_id
        and c.direction = l.direction
    where f.name = 'creators.totals' group by 1, 2
), summed as (
    select shard, creator_id, case when by in ('room', 'video') then 'target' else by end as by,
        sum(coins_received) as received, sum(coins_taken_back) as taken
    from creator_total group by 1, 2, 3
), expected as (
    select d.shard, d.creator_id, m.by, d.received, coalesce(r.taken, 0) as taken
    from delivered d cross join measure m left join reversed r using (shard, creator_id)
)
select shard, creator_id, by, e.received, e.taken, s.received as summed, s.taken as summed_taken
from expected e full join summed s using (shard, creator_id, by)
where e.received is distinct from s.received or e.taken is distinct from s.taken;
