-- Each payout is agreed to within what its person may be paid in a day and a week, accounts linked then together, or was let pass.
with agreed as materialized (
    select e.shard, e.payout_id, e.at, p.creator_id, p.diamonds, (
        select min(o.at) from payout_event o
        where o.shard = e.shard and o.payout_id = e.payout_id and o.to_state in ('refused', 'failed')) as ended_at
    from payout_event e join payout p on p.shard = e.shard and p.id = e.payout_id
    where e.to_state = 'approved'
), may as (
    select distinct name, case when name like '%\_day\_%' then interval '1 day' else interval '7 days' end as time
    from decision_bound where name like 'payout\_person\_%'
)
select a.shard, a.payout_id, m.name, f.figure, f.most
from agreed a cross join may m
cross join lateral (
    select decision_bound_at(m.name, a.at) as most,
        case when m.name like '%\_count' then count(*) else sum(b.diamonds) end::bigint as figure
    from agreed b
    where b.creator_id in (select accounts_at(a.creator_id, a.at)) and b.at > a.at - m.time
        and (b.at < a.at or (b.shard, b.payout_id) = (a.shard, a.payout_id)) and (b.ended_at is null or b.ended_at >= a.at)
) f
where f.figure > f.most and not exists (
    select from payout_pass o
    where o.shard = a.shard and o.payout_id = a.payout_id and o.control = m.name and o.figure >= f.figure);
