-- Each confirmed decision of a rule of withdrawal has its rule, which says the same.
select d.id as decision_id, d.content, r.days
from decision d
left join withdrawal_rule r on (r.region, r.valid_from) = (d.content::jsonb ->> 'region', (d.content::jsonb ->> 'valid_from')::date)
where d.kind = 'withdrawal_rule' and d.outcome = 'confirmed' and (r.region is null
    or d.content::jsonb @> jsonb_build_object('days', r.days, 'basis', r.basis) is not true);
