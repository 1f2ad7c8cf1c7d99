-- What creators owe is let off only by what two people decided, and never more than is owed.

create or replace function debt_is_owed() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if (select beneficiary_id from decision where id = new.decision_id) is distinct from new.creator_id then
        raise exception 'the decision is about another creator'
            using errcode = 'check_violation', constraint = 'debt_write_off_is_decided';
    end if;
    if new.diamonds > coalesce((
        select a.overdraft from account a
        where a.shard = new.shard and a.kind = 'diamonds_available' and a.owner_id = new.creator_id and a.asset = 'DIAMOND'
    ), 0) then
        raise exception 'that much is not owed' using errcode = 'check_violation', constraint = 'debt_write_off_is_owed';
    end if;
    return new;
end $$;
create or replace trigger debt_is_owed before insert on debt_write_off for each row execute function debt_is_owed();
create or replace trigger debt_write_off_is_decided before insert on debt_write_off
    for each row execute function require_decision('debt_write_off', 'diamonds', 'reason');

-- What was let off and has not come back.
create or replace function written_off_of(p_creator_id bigint) returns bigint
language sql stable set search_path = public, pg_temp as $$
    select coalesce((select sum(diamonds) from debt_write_off where shard = shard_of(p_creator_id) and creator_id = p_creator_id), 0)::bigint
        - coalesce((select sum(diamonds_recovered) from clawback_part
            where shard = shard_of(p_creator_id) and creator_id = p_creator_id and diamonds_recovered > 0), 0)::bigint
$$;

-- Since when a creator has owed without a day between: from the first movement after the last that left nothing owed.
create or replace function owing_since(p_creator_id bigint) returns timestamptz
language sql stable set search_path = public, pg_temp as $$
    with moved as (
        select posted_at, reference, reason, amount from transfer
        where shard = shard_of(p_creator_id) and credit_kind = 'diamonds_available' and credit_owner = p_creator_id
        union all
        select posted_at, reference, reason, -amount from transfer
        where shard = shard_of(p_creator_id) and debit_kind = 'diamonds_available' and debit_owner = p_creator_id
    ), stood as (
        select posted_at, reference, reason,
            (sum(amount) over (order by posted_at, reference, reason))::bigint as balance
        from moved
    )
    select min(posted_at) from stood
    where balance < 0 and (posted_at, reference, reason) > coalesce((
        select (s.posted_at, s.reference, s.reason) from stood s where s.balance >= 0
        order by s.posted_at desc, s.reference desc, s.reason desc limit 1
    ), row ('-infinity'::timestamptz, '00000000-0000-0000-0000-000000000000'::uuid, ''))
$$;

grant execute on function written_off_of, owing_since to plaudit_app;
