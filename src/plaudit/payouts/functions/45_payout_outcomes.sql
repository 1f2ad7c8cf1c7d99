-- What an operator who pays by hand may not say, and what nobody agrees to alone.

-- A payout that failed or came back gives its creator the diamonds again: nobody says so of their own.
create or replace function payout_outcome_is_of_another() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if are_linked(new.actor_id, (select creator_id from payout where shard = new.shard and id = new.payout_id)) then
        raise exception 'nobody says what became of a payout of their own, or of an account linked to theirs'
            using errcode = 'check_violation', constraint = 'payout_outcome_is_of_another';
    end if;
    return new;
end $$;
create or replace trigger payout_outcome_is_of_another before insert on payout_event
    for each row when (new.to_state in ('paid', 'failed', 'returned') and new.actor = 'operator')
    execute function payout_outcome_is_of_another();

-- Money that has left does not come back, so no emergency lets one operator agree to what takes two.
create or replace function payout_is_no_emergency() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if (select emergency from decision where id = new.decision_id) then
        raise exception 'no emergency lets one operator approve what takes two'
            using errcode = 'check_violation', constraint = 'payout_is_no_emergency';
    end if;
    return new;
end $$;
create or replace trigger payout_is_no_emergency before insert on payout_event
    for each row when (new.decision_id is not null) execute function payout_is_no_emergency();

-- Whether an operator approved a payout without another: theirs is not the word that it failed or came back.
create or replace function payout_was_approved_alone_by(p_shard smallint, p_payout_id uuid, p_operator_id bigint)
returns boolean language sql stable set search_path = public, pg_temp as $$
    select exists (
        select from payout_event e left join decision d on d.id = e.decision_id
        where e.shard = p_shard and e.payout_id = p_payout_id and e.to_state = 'approved' and coalesce(d.alone, true)
            and are_linked(p_operator_id, e.actor_id))
$$;
grant execute on function payout_was_approved_alone_by to plaudit_app;
