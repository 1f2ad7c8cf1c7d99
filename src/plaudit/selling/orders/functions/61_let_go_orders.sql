-- Prices that were promised and never ordered, with the tax in them.
create or replace function let_go_of_quotes(p_before timestamptz, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
begin
    delete from quote q using (
        select shard, person_id, quote_id from quote c
        where expires_at <= p_before and person_id not in (select h.person_id from held_people() h) and not exists (
            select from recharge_order o where (o.shard, o.person_id, o.quote_id) = (c.shard, c.person_id, c.quote_id))
        order by expires_at limit p_rows_max for update skip locked) old
    where (q.shard, q.person_id, q.quote_id) = (old.shard, old.person_id, old.quote_id);
    get diagnostics done = row_count;
    return done;
end $$;

-- Where buyers paid and came back to, of orders that are over. What and how much they paid is in the books.
create or replace function let_go_of_checkouts(p_before timestamptz, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
begin
    update recharge_order o set return_url = '', checkout_url = null, voucher = null, poll_error = null
    from (
        select shard, order_id from recharge_order
        where created_at <= p_before and state in ('paid', 'declined', 'expired', 'refused')
            and (return_url <> '' or checkout_url is not null or voucher is not null or poll_error is not null)
            and person_id not in (select h.person_id from held_people() h)
        order by created_at limit p_rows_max for no key update skip locked) old
    where (o.shard, o.order_id) = (old.shard, old.order_id);
    get diagnostics done = row_count;
    return done;
end $$;
grant execute on function let_go_of_quotes, let_go_of_checkouts to plaudit_app;
