-- Each tax rate of an operator has its confirmed decision, which says the same, and each confirmed decision of one its rate.
select coalesce(r.decision_id, d.id) as decision_id, r.country, r.place, r.said, d.content
from (
    select decision_id, country, null as place, jsonb_build_object('country', country, 'name', name, 'rate_bps', rate_bps,
        'valid_from', valid_from, 'valid_until', valid_until) as said, is_override, recorded_at
    from tax_rate
    union all
    select decision_id, country, subdivision, jsonb_build_object('country', country, 'subdivision', subdivision, 'name', name,
        'rate_ppm', rate_ppm, 'valid_from', valid_from, 'valid_until', valid_until), is_override, recorded_at
    from subdivision_tax_rate
) r
full join (select * from decision where kind in ('tax_rate', 'subdivision_tax_rate') and outcome = 'confirmed') d
    on d.id = r.decision_id
where r.said is null or d.content::jsonb @> r.said is false
    or d.id is null and (r.decision_id is not null or r.is_override and r.recorded_at >= (
        select recorded_at from decision_bound where (name, version) = ('tax_rate_change_bps', 1)));
