-- Each larger refund has its confirmed decision, which says the same, and each confirmed decision of a refund has it.
select coalesce(r.decision_id, d.id) as decision_id, r.reversal_id, r.amount_minor, r.currency, d.content
from (select * from reversal where kind = 'refund' and requested_by is not null or decision_id is not null) r
full join (select * from decision where kind = 'refund' and outcome = 'confirmed') d on d.id = r.decision_id
where r.reversal_id is null
    or case when is_decided_by_two(null, r.minor_refund_id) then false
        when r.decision_id is null then us_cents_of_order(r.shard, r.order_id, r.amount_minor) > decision_bound_at('refund_alone_us_cents', r.created_at)
        else d.id is null or d.beneficiary_id is distinct from r.person_id
            or not d.content::jsonb @> jsonb_build_object('order_id', r.order_id, 'amount_minor', r.amount_minor) end;
