-- Each confirmed decision of who may come in was carried out, and nothing else was.
select coalesce(a.decision_id, d.id) as decision_id, d.kind, a.key_id, a.issuer_id, a.role_grant_id
from admission a
full join (select * from decision where kind in ('key', 'issuer', 'role') and outcome = 'confirmed') d on d.id = a.decision_id
where a.decision_id is null or d.id is null
    or (case d.kind when 'key' then a.key_id::bigint when 'issuer' then a.issuer_id::bigint else a.role_grant_id end) is null;
