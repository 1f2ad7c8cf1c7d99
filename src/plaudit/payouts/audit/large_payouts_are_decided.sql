-- No operator approves a payout of their own; each larger one has its confirmed decision, and each such decision its payout. In
-- a day of UTC nobody approved more alone than one operator may.
select e.shard, e.payout_id, e.actor_id, p.diamonds, e.decision_id
from payout_event e join payout p on p.shard = e.shard and p.id = e.payout_id
left join decision d on d.id = e.decision_id and d.kind = 'payout' and d.outcome = 'confirmed' and d.subject = p.id::text
where e.to_state = 'approved' and e.actor = 'operator' and (e.actor_id = p.creator_id
    or d.id is null and (e.decision_id is not null or p.diamonds > decision_bound_at('payout_alone_diamonds', e.at)))
union all
select null, null, e.actor_id, sum(p.diamonds), null
from payout_event e join payout p on p.shard = e.shard and p.id = e.payout_id
where e.to_state = 'approved' and e.decision_id is null
group by e.actor_id, date_trunc('day', e.at, 'UTC')
having sum(p.diamonds) > greatest(
    decision_bound_at('payout_alone_day_diamonds', min(e.at)),
    decision_bound_within('payout_alone_day_diamonds', min(e.at), max(e.at)))
union all
select null, d.subject::uuid, d.decided_by, null, d.id
from decision d
where d.kind = 'payout' and d.outcome = 'confirmed' and not exists (select from payout_event e where e.decision_id = d.id);
