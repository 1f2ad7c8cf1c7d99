-- Who somebody was who is being erased. Nothing is left to come in by, and their platform's word makes somebody new.
create or replace function erase_people(p_person_id bigint, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform require_erasing(p_person_id);
    update session set ended_at = greatest(now(), created_at), sealed_id_token = null where person_id = p_person_id and ended_at is null;
    delete from session where person_id = p_person_id;
    delete from sign_in_code where person_id = p_person_id;
    delete from allowance_taken where person_id = p_person_id;
    delete from person_email where person_id = p_person_id;
    update person_move set subject = 'erased:' || gen_random_uuid(), to_subject = null where p_person_id in (person_id, merged_id);
    update role_grant set taken_at = greatest(now(), granted_at) where person_id = p_person_id and taken_at is null;
    update person set subject = 'erased:' || gen_random_uuid(), handle = 'deleted-' || id, display_name = 'Deleted user', avatar = '',
        country = null, language = null, born_on = null, platform_roles = '{}', told_at = null, said_at = null
    where id = p_person_id;
    return 0;
end $$;
grant execute on function erase_people to plaudit_app;
