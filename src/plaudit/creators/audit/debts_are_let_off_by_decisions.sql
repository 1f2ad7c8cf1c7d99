-- Each debt that was written off has its confirmed decision and its movement, each recovery its movement, and no creator gave
-- back more of it than was let off.
select w.shard, coalesce(w.decision_id, d.id) as reference, 'decision' as what, w.creator_id, w.diamonds, d.content
from debt_write_off w
full join (select * from decision where kind = 'debt_write_off' and outcome = 'confirmed') d on d.id = w.decision_id
where w.decision_id is null or d.beneficiary_id is distinct from w.creator_id
    or (d.content::jsonb ->> 'diamonds')::bigint is distinct from w.diamonds
union all
select shard, reference, 'written off', w.creator_id, w.diamonds, t.amount::text
from (select *, decision_id as reference from debt_write_off) w
full join (select * from transfer where reason = 'debt_written_off') t using (shard, reference)
where (w.creator_id, w.diamonds) is distinct from (t.credit_owner, t.amount)
union all
select shard, reference, 'recovered', p.creator_id, p.diamonds_recovered, t.amount::text
from (select * from clawback_part where diamonds_recovered > 0) p
full join (select * from transfer where reason = 'write_off_recovered') t using (shard, reference)
where (p.creator_id, p.diamonds_recovered) is distinct from (t.debit_owner, t.amount)
union all
select shard, null, 'left', creator_id, w.diamonds, p.diamonds::text
from (select shard, creator_id, sum(diamonds) as diamonds from debt_write_off group by 1, 2) w
right join (
    select shard, creator_id, sum(diamonds_recovered) as diamonds from clawback_part where diamonds_recovered > 0 group by 1, 2
) p using (shard, creator_id)
where p.diamonds > coalesce(w.diamonds, 0);
