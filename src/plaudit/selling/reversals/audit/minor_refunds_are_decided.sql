-- Each confirmed decision of what a minor spent has its case, and no case gives back more of an order than it says.
select d.id as case_id, null::uuid as order_id, d.content from decision d
where d.kind = 'minor_refund' and d.outcome = 'confirmed' and not exists (
    select from minor_refund c where c.decision_id = d.id and c.person_id = d.beneficiary_id)
union all
select r.minor_refund_id, r.order_id, null from reversal r
left join minor_refund_order o on o.minor_refund_id = r.minor_refund_id and o.order_id = r.order_id
where r.minor_refund_id is not null and r.state <> 'undone'
group by r.minor_refund_id, r.order_id, o.amount_minor
having o.amount_minor is null or sum(r.amount_minor) > o.amount_minor;
