-- What the way from a payment to coins asks the database in one go.

-- An order, locked until the transaction ends, as it is once it is locked: the second statement sees what was committed
-- while the first one waited.
create or replace function locked_order(p_shard smallint, p_order_id uuid) returns setof order_with_quote
language plpgsql set search_path = public, pg_temp as $$
begin
    perform from recharge_order where shard = p_shard and order_id = p_order_id for no key update;
    return query select * from order_with_quote where shard = p_shard and order_id = p_order_id;
end
$$;

-- The coins of a paid order and the movements of its money, in this order of locks: the shard's turn, the wallet, accounts.
create or replace function sell(p_shard smallint, p_viewer_id bigint, p_order_id uuid, p_coins bigint, p_price_minor bigint,
    p_currency text, p_reasons text[], p_amounts bigint[], p_at timestamptz) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
    perform lock_money(p_shard);
    perform fund(p_shard, p_viewer_id, p_order_id, 'paid', 'recharge', p_coins, p_price_minor, p_currency, p_at);
    for place in 1 .. cardinality(p_reasons) loop
        perform post(p_shard, p_order_id, p_reasons[place], 0, 0, p_currency, p_amounts[place], p_at);
    end loop;
end
$$;

revoke execute on function locked_order, sell from public;
grant execute on function locked_order, sell to plaudit_app;
