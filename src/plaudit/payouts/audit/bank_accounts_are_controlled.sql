-- Each payout is agreed to within what may go to one bank account in a week, to how many people, or somebody let it pass.
with agreed as materialized (
    select e.shard, e.payout_id, e.at, p.creator_id, p.diamonds, m.account_fingerprint, (
        select min(o.at) from payout_event o
        where o.shard = e.shard and o.payout_id = e.payout_id and o.to_state in ('refused', 'failed')) as ended_at
    from payout_event e join payout p on p.shard = e.shard and p.id = e.payout_id
    join payout_method m on m.shard = p.shard and m.id = p.method_id
    where e.to_state = 'approved' and m.account_fingerprint is not null
)
select a.shard, a.payout_id, f.name, f.figure, decision_bound_at(f.name, a.at) as most
from agreed a
cross join lateral (
    select count(distinct (select min(o) from accounts_at(b.creator_id, a.at) o)) as people, sum(b.diamonds)::bigint as diamonds
    from agreed b
    where b.account_fingerprint = a.account_fingerprint and b.at > a.at - interval '7 days'
        and (b.at < a.at or (b.shard, b.payout_id) = (a.shard, a.payout_id)) and (b.ended_at is null or b.ended_at >= a.at)
) b
cross join lateral (values
    ('payout_account_week_creators', b.people), ('payout_account_week_diamonds', b.diamonds)) f (name, figure)
where a.at >= (select recorded_at from decision_bound where (name, version) = ('payout_unnamed_diamonds', 1))
    and f.figure > decision_bound_at(f.name, a.at) and not exists (
        select from payout_pass o
        where o.shard = a.shard and o.payout_id = a.payout_id and o.control = f.name and o.figure >= f.figure);
