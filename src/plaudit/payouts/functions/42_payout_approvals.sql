-- Which payouts one operator approves alone, and whose nobody does.

-- Whether an approval needs a decision: of a large payout, or beyond what one operator approves alone in a day of UTC, by all
-- accounts that are linked to theirs.
create or replace function payout_needs_two(p_shard smallint, p_payout_id uuid, p_operator_id bigint, p_at timestamptz)
returns boolean language sql stable set search_path = public, pg_temp as $$
    select p.diamonds > decision_bound_of('payout_alone_diamonds')
        or p.diamonds + coalesce((
            select sum(o.diamonds) from payout_event e join payout o on o.shard = e.shard and o.id = e.payout_id
            where e.to_state = 'approved' and e.decision_id is null and e.actor_id in (select accounts_of(p_operator_id))
                and e.at >= date_trunc('day', p_at, 'UTC')
        ), 0) > decision_bound_of('payout_alone_day_diamonds')
    from payout p where p.shard = p_shard and p.id = p_payout_id
$$;

create or replace function payout_approval_takes_two() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if are_linked(new.actor_id, (select creator_id from payout where shard = new.shard and id = new.payout_id)) then
        raise exception 'nobody approves a payout of their own, or of an account linked to theirs'
            using errcode = 'check_violation', constraint = 'payout_is_approved_by_another';
    end if;
    if new.decision_id is null and payout_needs_two(new.shard, new.payout_id, new.actor_id, new.at) then
        raise exception 'a payout of so much needs a confirmed decision'
            using errcode = 'check_violation', constraint = 'payout_is_decided';
    end if;
    return new;
end $$;
create or replace trigger payout_approval_takes_two before insert on payout_event
    for each row when (new.to_state = 'approved' and new.actor = 'operator') execute function payout_approval_takes_two();
create or replace trigger payout_approval_is_decided before insert on payout_event
    for each row when (new.decision_id is not null) execute function require_decision('payout', 'payout_id');

grant execute on function payout_needs_two to plaudit_app;
