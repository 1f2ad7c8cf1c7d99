-- A step is of a case that has what it rests on, names the finding or the person that took it, and goes on beyond a case's end
-- only where the case was confirmed; so does what stands still because of one.
select 'finding' as what, s.id::text, s.person_id from safety_step s
left join safety_finding f on f.id = s.finding_id and f.case_id = s.case_id
where s.finding_id is not null and (f.id is null or s.person_id <> f.person_id and s.person_id <> all (f.others))
union all
select 'cleared', s.id::text, s.person_id from safety_step s join safety_case c on c.id = s.case_id
where c.outcome = 'cleared' and (s.lifted_at is null and s.ends_at > c.decided_at or s.lifted_at > c.decided_at)
union all
select 'late', s.id::text, s.person_id from safety_step s join safety_case c on c.id = s.case_id
where s.began_at > c.decided_at
union all
select 'frozen', f.freeze_id::text, r.person_id from safety_freeze f
join freeze_record r on r.id = f.freeze_id join safety_case c on c.id = f.case_id
where c.outcome = 'cleared' and r.lifted_at is null or r.frozen_at > c.decided_at
