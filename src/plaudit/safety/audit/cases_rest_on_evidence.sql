-- A case that rules opened has findings, all of its person, and a score that they come to; what happened to it begins with its
-- opening, and says when it was decided.
select 'evidence' as what, c.id::text as id from safety_case c
where c.opened_by is null and not exists (select from safety_finding f where f.case_id = c.id)
union all
select 'person', f.id::text from safety_finding f join safety_case c on c.id = f.case_id where c.person_id <> f.person_id
union all
select 'opening', c.id::text from safety_case c
where not exists (select from safety_entry e where e.case_id = c.id and e.kind = 'opened')
union all
select 'decision', c.id::text from safety_case c
where (c.outcome is not null) <> exists (select from safety_entry e where e.case_id = c.id and e.kind = 'decided')
