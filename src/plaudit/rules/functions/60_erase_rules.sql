-- What was known of the age and the places of somebody who is being erased; which rule held stays.
create or replace function erase_rules(p_person_id bigint, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
begin
    perform require_erasing(p_person_id);
    delete from age_assurance where person_id = p_person_id;
    delete from age_silence where person_id = p_person_id;
    delete from store_guardian_withdrawal w using store_guardian c
    where c.person_id = p_person_id and (w.store, w.account) = (c.store, c.account) and not exists (
        select from store_guardian o where (o.store, o.account) = (c.store, c.account) and o.person_id <> p_person_id);
    delete from store_guardian where person_id = p_person_id;
    delete from rule_consent where p_person_id in (person_id, given_by);
    delete from person_subdivision where person_id = p_person_id;
    update rule_decision r set countries = '{}', at_least = null, under = null, level = null, method = null, source = null
    where (r.shard, r.reference, r.action) in (
        select shard, reference, action from rule_decision
        where shard = shard_of(p_person_id) and person_id = p_person_id and countries <> '{}'
        limit p_rows_max);
    get diagnostics done = row_count;
    return done;
end $$;
grant execute on function erase_rules to plaudit_app;
