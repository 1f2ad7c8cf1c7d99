-- Who was erased has no name, no way in and no address, and nobody else has their number.
select e.person_id from erasure e join person p on p.id = e.person_id
where e.erased_at is not null and (
    p.subject not like 'erased:%' or p.display_name <> 'Deleted user' or p.avatar <> '' or p.platform_roles <> '{}'
    or num_nonnulls(p.country, p.language, p.born_on) > 0
    or exists (select from session s where s.person_id = e.person_id)
    or exists (select from person_email m where m.person_id = e.person_id)
    or exists (select from gift g where g.shard = shard_of(e.person_id) and g.viewer_id = e.person_id and g.message is not null)
)
