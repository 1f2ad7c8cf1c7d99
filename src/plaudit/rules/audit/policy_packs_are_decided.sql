-- Each published pack has its confirmed decision, and each confirmed decision of one its pack, which says the same.
select coalesce(p.decision_id, d.id) as decision_id, p.version, p.country
from policy_pack p
full join (select * from decision where kind = 'policy_pack' and outcome = 'confirmed') d on d.id = p.decision_id
where p.version is null or d.id is null
    or d.content::jsonb @> jsonb_build_object('country', p.country, 'text', p.text, 'loosens', p.loosens) is not true
    or d.effective_at is distinct from p.effective_at;
