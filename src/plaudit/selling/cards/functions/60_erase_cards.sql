-- Cards of somebody who is being erased; their providers were told to forget them, and must have done so.
create or replace function erase_cards(p_person_id bigint, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform require_erasing(p_person_id);
    if exists (select from card_customer where shard = shard_of(p_person_id) and person_id = p_person_id and customer_id is not null)
    then
        raise exception 'a provider still keeps cards' using errcode = 'object_not_in_prerequisite_state';
    end if;
    update card_customer set error = null where shard = shard_of(p_person_id) and person_id = p_person_id;
    update saved_card set provider_card_id = null where shard = shard_of(p_person_id) and person_id = p_person_id;
    return 0;
end $$;
grant execute on function erase_cards to plaudit_app;
