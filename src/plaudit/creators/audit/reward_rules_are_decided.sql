-- Each reward rule of an operator has its confirmed decision, and each confirmed decision of one has its rule.
select coalesce(r.decision_id, d.id) as decision_id, r.version, r.numerator, r.denominator, d.content, d.effective_at
from (select * from reward_rule where recorded_by is not null) r
full join (select * from decision where kind = 'reward_rule' and outcome = 'confirmed') d on d.id = r.decision_id
where r.version is null or d.id is null
    or d.content::jsonb @> jsonb_build_object('numerator', r.numerator, 'denominator', r.denominator,
        'maturity_s', r.maturity_s, 'coins_min', r.coins_min) is not true
    or d.effective_at is distinct from r.effective_at;
