-- Steps hold where value moves, whoever writes the rows; cases and steps are ended by others than whom they are of.

create or replace function step_stays() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if tg_op = 'UPDATE' and exists (
        select from erasure e where e.person_id = old.person_id and e.begun_at is not null and e.erased_at is null)
    then
        new.reason := 'erased';
        new.lifted_because := case when old.lifted_because is not null then 'erased' end;
        return new;
    end if;
    if tg_op = 'DELETE' or old.lifted_at is not null then
        raise exception 'a step is lifted once and stays' using errcode = 'check_violation', constraint = 'step_stays';
    end if;
    if are_linked(new.lifted_by, new.person_id) then
        raise exception 'another operator lifts a step of an account linked to theirs'
            using errcode = 'check_violation', constraint = 'step_is_lifted_by_another';
    end if;
    return new;
end $$;
create or replace trigger step_stays before update or delete on safety_step for each row execute function step_stays();

create or replace function step_is_of_an_open_case() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if not exists (select from safety_case c where c.id = new.case_id and c.outcome is null) then
        raise exception 'a step is of a case that is open' using errcode = 'check_violation', constraint = 'step_is_of_an_open_case';
    end if;
    return new;
end $$;
create or replace trigger step_is_of_an_open_case before insert on safety_step
    for each row execute function step_is_of_an_open_case();

-- A case is decided once, by somebody else, when nothing that was done about it goes on by mistake: who is cleared is free.
create or replace function case_is_decided_by_another() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if exists (select from erasure e where e.person_id = old.person_id and e.begun_at is not null and e.erased_at is null) then
        new.reason := case when old.reason is not null then 'erased' end;
        return new;
    end if;
    if old.outcome is not null then
        raise exception 'a case is decided once' using errcode = 'check_violation', constraint = 'case_stays';
    end if;
    if are_linked(new.decided_by, new.person_id) then
        raise exception 'another operator decides of an account linked to theirs'
            using errcode = 'check_violation', constraint = 'case_is_decided_by_another';
    end if;
    return new;
end $$;
create or replace trigger case_is_decided_by_another before update on safety_case
    for each row execute function case_is_decided_by_another();

create or replace function maturity_is_not_slowed() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if step_holds(new.creator_id, 'slow_maturity', new.matured_at) then
        raise exception 'diamonds of % mature later', new.creator_id using errcode = 'check_violation', constraint = 'maturity_is_not_slowed';
    end if;
    return null;
end $$;
create or replace trigger maturity_is_not_slowed after update of matured_at on conversion
    for each row when (new.matured_at is not null and old.matured_at is null) execute function maturity_is_not_slowed();

create or replace function payout_is_not_held() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if exists (
        select from payout p
        left join payout_send s on tg_table_name = 'payout_send' and s.shard = p.shard and s.payout_id = p.id
        left join payout_export e on tg_table_name = 'payout_export_item' and e.number = (to_jsonb(new) ->> 'export_number')::integer
        where p.shard = new.shard and p.id = new.payout_id
            and step_holds(p.creator_id, 'hold_payout', coalesce(s.leased_until, e.exported_at))
    ) then
        raise exception 'payout % is held', new.payout_id using errcode = 'check_violation', constraint = 'payout_is_not_held';
    end if;
    return null;
end $$;
create or replace trigger payout_is_not_held after update of called on payout_send
    for each row when (new.called and not old.called) execute function payout_is_not_held();
create or replace trigger payout_is_not_held after insert on payout_export_item
    for each row execute function payout_is_not_held();

-- Coins of orders within a day stay within a cap; those that nobody paid do not count.
create or replace function order_is_within_cap() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
    v_most constant bigint := coins_cap(new.person_id, new.created_at);
begin
    if v_most is not null and v_most < (
        select sum(q.coins * o.quantity) from recharge_order o join quote q using (shard, person_id, quote_id)
        where o.person_id in (select accounts_of(new.person_id)) and o.shard = shard_of(o.person_id)
            and o.created_at > new.created_at - interval '1 day' and o.state not in ('declined', 'expired', 'refused'))
    then
        raise exception 'more coins than may be bought in a day' using errcode = 'check_violation', constraint = 'order_is_within_cap';
    end if;
    return null;
end $$;
create or replace trigger order_is_within_cap after insert on recharge_order
    for each row execute function order_is_within_cap();

-- Rules look again at whom something is new of. `is_changed`: while somebody looks.
create or replace function look_at(p_people bigint[], p_at timestamptz, p_after_s integer) returns void
language sql set search_path = public, pg_temp as $$
    insert into safety_due (person_id, since, due_at)
    select distinct id, p_at, p_at + make_interval(secs => p_after_s) from unnest(p_people) id order by id
    on conflict (person_id) do update set is_changed = true where safety_due.leased_until is not null and not safety_due.is_changed
$$;

create or replace function order_is_looked_at() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    insert into safety_told (person_id, at) values (new.person_id, new.changed_at);
    return null;
end $$;
create or replace trigger order_is_looked_at after update of state on recharge_order
    for each row when (new.state in ('paid', 'declined') and old.state <> new.state) execute function order_is_looked_at();
create or replace trigger reversal_is_looked_at after insert on reversal
    for each row execute function order_is_looked_at();

-- What was told of people becomes looks; of how many it was.
create or replace function look_at_told(p_after_s integer, p_rows_max integer) returns integer
language sql set search_path = public, pg_temp as $$
    with told as (
        delete from safety_told where id in (select id from safety_told order by id limit p_rows_max for update skip locked)
        returning person_id, at
    ), people as (select array_agg(distinct person_id) as ids, max(at) as at, count(*)::integer as rows from told),
    looks as (select look_at(ids, at, p_after_s) from people where rows > 0)
    select rows from people left join looks on true
$$;
grant execute on function look_at, look_at_told to plaudit_app;

create or replace function appeal_is_answered_by_another() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if exists (select from erasure e where e.person_id = old.person_id and e.begun_at is not null and e.erased_at is null) then
        new.text := 'erased';
        new.answer := case when old.answer is not null then 'erased' end;
        return new;
    end if;
    if old.answered_at is not null or are_linked(new.answered_by, new.person_id) then
        raise exception 'an appeal is answered once, by another' using errcode = 'check_violation', constraint = 'appeal_is_answered_by_another';
    end if;
    return new;
end $$;
create or replace trigger appeal_is_answered_by_another before update on safety_appeal
    for each row execute function appeal_is_answered_by_another();
