-- Accounts that a proposal linked are linked by the link it names, and nobody links by a proposal but who decided it.
select p.id, p.person_id, p.other_id from link_proposal p left join person_link l on l.id = p.link_id
where p.verdict = 'linked'
    and (l.person_id, l.other_id, l.linked_by) is distinct from (p.person_id, p.other_id, p.decided_by)
