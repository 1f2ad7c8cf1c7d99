-- Payout terms of an operator have their confirmed decision, and each confirmed decision of some has its terms.
select coalesce(t.decision_id, d.id) as decision_id, t.version, t.diamonds_per_day_max, d.content, d.effective_at
from (select * from payout_terms where recorded_by is not null) t
full join (select * from decision where kind = 'payout_terms' and outcome = 'confirmed') d on d.id = t.decision_id
where t.version is null or d.id is null
    or d.content::jsonb @> jsonb_build_object('method_kind', t.method_kind, 'fee_fixed_minor', t.fee_fixed_minor,
        'fee_fixed_currency', t.fee_fixed_currency, 'fee_bps', t.fee_bps, 'diamonds_min', t.diamonds_min,
        'diamonds_per_day_max', t.diamonds_per_day_max) is not true
    or d.effective_at is distinct from t.effective_at;
