-- Each larger grant has its confirmed decision, which says the same, and each confirmed decision of a grant has its grant. In a
-- day of UTC nobody gave more alone than one operator may.
select coalesce(g.decision_id, d.id) as decision_id, g.grant_id, g.coins, g.person_id, d.content
from coin_grant g
full join (select * from decision where kind = 'grant' and outcome = 'confirmed') d on d.id = g.decision_id
where g.grant_id is null
    or case when g.decision_id is null then g.coins > decision_bound_at('grant_alone_coins', g.granted_at)
        else d.id is null or (d.content::jsonb ->> 'coins')::bigint is distinct from g.coins
            or d.beneficiary_id is distinct from g.person_id end
union all
select null, null, sum(coins), granted_by, null
from coin_grant where decision_id is null
group by granted_by, date_trunc('day', granted_at, 'UTC')
having sum(coins) > greatest(
    decision_bound_at('grant_alone_day_coins', min(granted_at)),
    decision_bound_within('grant_alone_day_coins', min(granted_at), max(granted_at)));
