-- Each payout rate of an operator has its confirmed decision, and each confirmed decision of one has its rate.
select coalesce(r.decision_id, d.id) as decision_id, r.version, r.numerator, r.denominator, d.content, d.effective_at
from (select * from payout_rate where source = 'operator') r
full join (select * from decision where kind = 'payout_rate' and outcome = 'confirmed') d on d.id = r.decision_id
where r.version is null or d.id is null
    or d.content::jsonb @> jsonb_build_object('currency', r.currency, 'numerator', r.numerator, 'denominator', r.denominator)
        is not true
    or d.effective_at is distinct from r.effective_at;
