-- A role that names its decision was given to whom that says, and nobody gave one alone since it takes two.
select g.id, g.person_id, g.role, g.decision_id
from role_grant g
left join decision d on d.id = g.decision_id and d.kind = 'role' and d.outcome = 'confirmed'
where g.authority = 'decision' and (d.id is null or d.proposed_by is distinct from g.granted_by
    or d.content::jsonb ->> 'role' <> g.role or d.beneficiary_id is distinct from g.person_id
    or d.alone and role_takes_two(g.role));
