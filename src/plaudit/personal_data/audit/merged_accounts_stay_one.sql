-- An account that was merged into another counts as one with it, stands still, and nobody comes by its subject.
select m.id, m.merged_id, m.person_id, p.subject, f.lifted_at, l.id as link_id
from person_move m join person p on p.id = m.merged_id
left join freeze_record f on f.id = m.id and f.what = 'person' and f.person_id = m.merged_id and f.ends_at is null
left join person_link l on (l.person_id, l.other_id) = (least(m.merged_id, m.person_id), greatest(m.merged_id, m.person_id))
    and l.ended_at is null
where l.id is null or f.id is null or f.lifted_at is not null or p.subject !~ '^(merged|erased):'
union all
select m.id, m.merged_id, m.person_id, p.subject, null, null
from person_move m join person p on (p.issuer_id, p.subject) = (m.issuer_id, m.subject);
