-- No operator says that a purchase somebody made is their own.
create or replace function purchase_is_bound_by_another() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if are_linked(new.resolved_by, (
        select person_id from recharge_order where shard = new.shard and order_id = new.order_id))
    then
        raise exception 'nobody binds a purchase to an order of their own, or of an account linked to theirs'
            using errcode = 'check_violation', constraint = 'purchase_is_bound_by_another';
    end if;
    return new;
end $$;
create or replace trigger purchase_is_bound_by_another before insert or update on store_transaction
    for each row when (new.state = 'claimed' and new.resolved_by is not null) execute function purchase_is_bound_by_another();
