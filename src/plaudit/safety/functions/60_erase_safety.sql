-- Words about somebody who is being erased.
create or replace function erase_safety(p_person_id bigint, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
begin
    perform require_erasing(p_person_id);
    delete from safety_told where person_id = p_person_id;
    delete from safety_due where person_id = p_person_id;
    delete from safety_flow where viewer_id = p_person_id or shard = shard_of(p_person_id) and creator_id = p_person_id;
    update safety_finding set sentence = 'erased', evidence = '[{"kind": "erased", "key": "", "words": ""}]' where person_id = p_person_id and sentence <> 'erased';
    update safety_case set reason = 'erased' where person_id = p_person_id and reason <> 'erased';
    update safety_appeal set text = 'erased' where person_id = p_person_id and text <> 'erased';
    delete from link_proposal where p_person_id in (person_id, other_id);
    update safety_step set reason = 'erased' where person_id = p_person_id and reason <> 'erased';
    with chosen as (
        select e.id from safety_entry e join safety_case c on c.id = e.case_id
        where c.person_id = p_person_id and e.text not in ('', 'erased') limit p_rows_max
    )
    update safety_entry e set text = 'erased' from chosen s where e.id = s.id;
    get diagnostics done = row_count;
    return done;
end $$;
grant execute on function erase_safety to plaudit_app;
