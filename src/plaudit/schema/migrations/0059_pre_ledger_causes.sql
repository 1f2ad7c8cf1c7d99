-- No coins out of nothing: each lot has the order or the grant it came by, and each movement is between accounts of its kind.

-- Those of persons have one; those of the platform have owner 0. Gifts and deliveries are movements of their own tables.
alter table transfer
    add constraint transfer_has_owners check (
        (debit_kind in ('wallet', 'gift_balance', 'diamonds_pending', 'diamonds_available', 'diamonds_in_payout',
            'diamonds_redeemed', 'creators_paid')) = (debit_owner <> 0)
        and (credit_kind in ('wallet', 'gift_balance', 'diamonds_pending', 'diamonds_available', 'diamonds_in_payout',
            'diamonds_redeemed', 'creators_paid')) = (credit_owner <> 0)
    ) not valid,
    add constraint transfer_is_no_gift check (reason not in ('gift', 'delivery')) not valid;

-- A lot says how it came into a wallet: asked at the commit, for the order is paid, and the grant written, beside it.
create function lot_has_a_cause() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if new.kind = 'paid' then
        perform from order_with_quote o
        where o.shard = new.shard and o.order_id = new.lot_id and o.state = 'paid'
            and (o.person_id, o.coins, o.price_minor, o.currency) = (new.viewer_id, new.coins, new.price_minor, new.currency);
    else
        perform from coin_grant g
        where g.shard = new.shard and g.grant_id = new.lot_id and (g.person_id, g.coins) = (new.viewer_id, new.coins);
    end if;
    if not found then
        raise check_violation using message = format('lot %s was neither paid for nor granted', new.lot_id),
            constraint = 'lot_has_a_cause', table = 'lot';
    end if;
    return null;
end $$;
revoke execute on function lot_has_a_cause from public;
create constraint trigger lot_has_a_cause after insert on lot deferrable initially deferred
    for each row execute function lot_has_a_cause();
