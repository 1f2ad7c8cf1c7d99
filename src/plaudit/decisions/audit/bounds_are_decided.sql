-- Each bound after the house's has its confirmed decision, and each confirmed decision of one has its bound.
select coalesce(b.decision_id, d.id) as decision_id, b.name, b.version, b.value, d.content
from (select * from decision_bound where version > 1) b
full join (select * from decision where kind = 'bound' and outcome = 'confirmed') d on d.id = b.decision_id
where b.name is null or d.id is null
    or d.content::jsonb @> jsonb_build_object('name', b.name, 'value', b.value) is not true;
