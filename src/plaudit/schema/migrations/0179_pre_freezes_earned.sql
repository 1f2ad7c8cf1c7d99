-- One gift, or one conversion of a creator, stands still, and the rest goes on.
alter table freeze_record add column gift_id uuid, add column conversion_id uuid;
alter table freeze_record drop constraint freeze_record_what_check, drop constraint freeze_names_what_it_is_of;
alter table freeze_record
    add constraint freeze_record_what_check check (what in (
        'person', 'wallet', 'lot', 'creator', 'payout_method', 'payout', 'room', 'gift', 'reward')) not valid,
    add constraint freeze_names_what_it_is_of check (
        (what = 'lot') = (lot_id is not null) and (what = 'payout_method') = (method_id is not null)
        and (what = 'payout') = (payout_id is not null) and (what = 'room') = (room_id is not null)
        and (what = 'gift') = (gift_id is not null) and (what = 'reward') = (conversion_id is not null)) not valid;
create index freeze_of_reward on freeze_record (conversion_id) where conversion_id is not null and lifted_at is null;

-- At the commit: what stands still has not left, whoever moved it.
create function earnings_stand_still() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    stands_still bigint;
    there bigint;
begin
    if new.reason = 'conversion' then
        stands_still := frozen_coins_of(new.debit_owner, new.posted_at);
        select g.balance - promotional_received(g.shard, g.creator_id) into there from gift_balance g
        where g.shard = new.shard and g.creator_id = new.debit_owner;
    else
        stands_still := frozen_diamonds_of(new.debit_owner, new.posted_at);
        select a.balance into there from account a
        where a.shard = new.shard and a.kind = 'diamonds_available' and a.owner_id = new.debit_owner and a.asset = 'DIAMOND';
    end if;
    if stands_still > 0 and there < stands_still then
        raise exception '% of creator % takes what stands still', new.reason, new.debit_owner
            using errcode = 'check_violation', constraint = 'earnings_stand_still';
    end if;
    return null;
end $$;
revoke execute on function earnings_stand_still from public;
create constraint trigger earnings_stand_still after insert on transfer deferrable initially deferred
    for each row when (new.reason in ('conversion', 'payout_requested')) execute function earnings_stand_still();
