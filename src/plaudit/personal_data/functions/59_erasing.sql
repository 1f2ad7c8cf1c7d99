-- What only an erasure may do says so first: nobody is erased by a call.
create or replace function require_erasing(p_person_id bigint) returns void
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    if not exists (select from erasure where person_id = p_person_id and begun_at is not null and erased_at is null) then
        raise exception 'person % is not being erased', p_person_id using errcode = 'object_not_in_prerequisite_state';
    end if;
end $$;

-- What stands in the way of erasing somebody, and how much of it. What is theirs they can give up; the rest has to end. What is
-- looked into of one account is in the way of those that were merged with it.
create or replace function erasure_obstacles(p_person_id bigint, p_at timestamptz) returns table (code text, amount bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    with me as (select shard_of(p_person_id) as shard)
    select 'staff', n from staff_roles_of(p_person_id) n where n > 0
    union all
    select 'frozen', count(*) from freeze_record
    where person_id in (select merged_accounts(p_person_id)) and lifted_at is null and (ends_at is null or ends_at > p_at)
        and not exists (select from person_move m where m.id = freeze_record.id) having count(*) > 0
    union all
    select 'legal_hold', count(*) from legal_hold
    where person_id in (select merged_accounts(p_person_id)) and lifted_at is null having count(*) > 0
    union all
    select 'live', count(*) from room where creator_id = p_person_id and state = 'live' having count(*) > 0
    union all
    select 'open_orders', count(*) from recharge_order o, me
    where o.shard = me.shard and o.person_id = p_person_id and o.state in ('created', 'pending', 'authorised') having count(*) > 0
    union all
    select 'open_reversals', count(*) from reversal r, me
    where r.shard = me.shard and r.person_id = p_person_id and r.state in ('requested', 'sent', 'opened') having count(*) > 0
    union all
    select 'payment_problems', count(*) from payment_problem p join recharge_order o using (shard, order_id), me
    where o.shard = me.shard and o.person_id = p_person_id and p.resolved_at is null having count(*) > 0
    union all
    select 'open_payouts', count(*) from payout p, me
    where p.shard = me.shard and p.creator_id = p_person_id and p.state in ('requested', 'approved', 'sent') having count(*) > 0
    union all
    select 'open_clawbacks', count(*) from clawback where creator_id = p_person_id and applied_at is null having count(*) > 0
    union all
    -- A case that is open is said to be a decision: who is looked into is not told.
    select 'open_decisions', count(*) from (
        select from decision where outcome is null and p_person_id in (proposed_by, beneficiary_id)
        union all select from safety_case where outcome is null and person_id in (select merged_accounts(p_person_id))) s having count(*) > 0
    union all
    select 'held_coins', w.held from wallet w, me
    where w.shard = me.shard and w.viewer_id = p_person_id and w.held > 0
    union all
    select 'coins', w.coins from wallet w, me where w.shard = me.shard and w.viewer_id = p_person_id and w.coins > 0
    union all
    select 'gift_balance', g.balance from gift_balance g, me
    where g.shard = me.shard and g.creator_id = p_person_id and g.balance > 0
    union all
    select 'diamonds', sum(a.balance)::bigint from account a, me
    where a.shard = me.shard and a.owner_id = p_person_id and a.kind in ('diamonds_available', 'diamonds_pending')
    having sum(a.balance) > 0
$$;

-- Nobody is erased while something is in the way that they did not give up, whoever says so; but who was erased before a
-- restore is erased again.
create or replace function erasure_is_not_obstructed() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if new.asked_by <> 'restore' and exists (
        select from erasure_obstacles(new.person_id, new.begun_at) o
        where not (o.code = 'coins' and new.gives_up_coins)
            and not (o.code in ('gift_balance', 'diamonds') and new.gives_up_earnings))
    then
        raise exception 'something is in the way of erasing person %', new.person_id
            using errcode = 'check_violation', constraint = 'erasure_is_not_obstructed';
    end if;
    return new;
end $$;
create or replace trigger erasure_is_not_obstructed before update of begun_at on erasure for each row
    when (new.begun_at is not null and old.begun_at is null) execute function erasure_is_not_obstructed();

create or replace function erase_requests(p_person_id bigint, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform require_erasing(p_person_id);
    delete from data_export_part where export_id in (select id from data_export where person_id = p_person_id);
    delete from data_export where person_id = p_person_id and state = 'waiting'; -- one that is being made is lost with it
    update data_export set state = 'deleted', reason = case when reason is not null then 'erased' end, error = null
    where person_id = p_person_id;
    update erasure set reason = case when reason is not null then 'erased' end, error = null where person_id = p_person_id;
    update legal_hold set reason = 'erased', lifted_because = 'erased' where person_id = p_person_id;
    return 0;
end $$;
grant execute on function require_erasing, erasure_obstacles, erase_requests to plaudit_app;
