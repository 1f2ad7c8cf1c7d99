-- By what app stores knew somebody who is being erased.
create or replace function erase_stores(p_person_id bigint, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform require_erasing(p_person_id);
    update store_transaction t
    set account_token = '', error = null, resolution = case when t.resolution is not null then 'erased' end
    where t.presented_by = p_person_id or exists (
        select from recharge_order o where o.shard = t.shard and o.order_id = t.order_id and o.person_id = p_person_id);
    return 0;
end $$;
grant execute on function erase_stores to plaudit_app;
