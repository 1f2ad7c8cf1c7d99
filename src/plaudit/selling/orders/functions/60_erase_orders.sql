-- How somebody who is being erased paid; what and how much they paid is in the books.
create or replace function erase_orders(p_person_id bigint, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    v_shard constant smallint := shard_of(p_person_id);
    done integer;
begin
    perform require_erasing(p_person_id);
    with chosen as (
        select shard, order_id from recharge_order where shard = v_shard and person_id = p_person_id
            and (return_url <> '' or checkout_url is not null or voucher is not null or poll_error is not null or locale <> 'en')
        limit p_rows_max
    )
    update recharge_order o set return_url = '', checkout_url = null, voucher = null, poll_error = null, locale = 'en'
    from chosen s where o.shard = s.shard and o.order_id = s.order_id;
    get diagnostics done = row_count;
    update quote_tax set postal_code = '' where shard = v_shard and person_id = p_person_id and postal_code <> '';
    update payment_problem p set detail = '', resolution = case when resolution is not null then 'erased' end
    from recharge_order o
    where o.shard = v_shard and o.person_id = p_person_id and p.shard = o.shard and p.order_id = o.order_id;
    return done;
end $$;
grant execute on function erase_orders to plaudit_app;
