-- Each payout is agreed to within what its creator may be paid in a day and a week, or somebody let it pass.
with agreed as (
    select e.shard, e.payout_id, e.at, p.creator_id, p.diamonds, (
        select min(o.at) from payout_event o
        where o.shard = e.shard and o.payout_id = e.payout_id and o.to_state in ('refused', 'failed')) as ended_at
    from payout_event e join payout p on p.shard = e.shard and p.id = e.payout_id
    where e.to_state = 'approved'
), may as (
    select name, value, recorded_at, lead(recorded_at) over (partition by name order by version) as until,
        case when name like '%\_day\_%' then interval '1 day' else interval '7 days' end as time
    from decision_bound where name like 'payout\_person\_%'
)
select a.shard, a.payout_id, m.name, case when m.name like '%\_count' then b.payouts else b.diamonds end as figure, m.value
from agreed a
join may m on m.recorded_at <= a.at and (m.until is null or m.until > a.at)
cross join lateral (
    select count(*) as payouts, sum(b.diamonds)::bigint as diamonds from agreed b
    where b.creator_id = a.creator_id and b.at > a.at - m.time
        and (b.at < a.at or (b.shard, b.payout_id) = (a.shard, a.payout_id)) and (b.ended_at is null or b.ended_at >= a.at)
) b
where case when m.name like '%\_count' then b.payouts else b.diamonds end > m.value
    and not exists (
        select from payout_pass o
        where o.shard = a.shard and o.payout_id = a.payout_id and o.control = m.name
            and o.figure >= case when m.name like '%\_count' then b.payouts else b.diamonds end);
