-- Whatever gives a creator diamonds has its cause at the commit, as lots have theirs: coins that were converted, a conversion
-- that matured, a clawback that was undone, a payout that did not arrive.
create function diamonds_have_a_cause() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    case new.reason
        when 'reward' then
            perform from conversion c
            join transfer t on t.shard = c.shard and t.reference = c.id and t.reason = 'conversion'
            where c.shard = new.shard and c.id = new.reference
                and (c.creator_id, c.diamonds, t.debit_owner, t.amount)
                    = (new.credit_owner, new.amount, new.credit_owner, c.coins);
        when 'maturity' then
            perform from conversion c
            where c.shard = new.shard and c.id = new.reference
                and (c.creator_id, c.creator_id, c.diamonds_matured) = (new.debit_owner, new.credit_owner, new.amount);
        when 'payout_given_back', 'payout_returned' then
            perform from payout p join payout_event e on e.shard = p.shard and e.payout_id = p.id
            where p.shard = new.shard and p.id = new.reference
                and (p.creator_id, p.creator_id, p.diamonds) = (new.debit_owner, new.credit_owner, new.amount)
                and e.to_state = any (case new.reason when 'payout_returned' then array['returned']
                    else array['refused', 'cancelled', 'failed'] end);
        else
            perform from clawback_part p
            where p.shard = new.shard and p.reference = new.reference
                and (p.creator_id, p.diamonds_returned, p.returned_pending)
                    = (new.credit_owner, new.amount, new.reason = 'clawback_pending_returned');
    end case;
    if not found then
        raise check_violation using message = format('%s of %s diamonds has no cause', new.reason, new.amount),
            constraint = 'diamonds_have_a_cause', table = 'transfer';
    end if;
    return null;
end $$;
revoke execute on function diamonds_have_a_cause from public;
create constraint trigger diamonds_have_a_cause after insert on transfer deferrable initially deferred
    for each row when (new.reason in ('reward', 'maturity', 'payout_given_back', 'payout_returned',
        'clawback_pending_returned', 'clawback_available_returned'))
    execute function diamonds_have_a_cause();

-- Who may say what of a payout: its creator asks for it and takes that back, an operator agrees or refuses. What follows is
-- said by its provider, or by an operator who pays by hand.
alter table payout_event add constraint payout_event_is_said_by_who_may check (
    (actor = 'creator') = (to_state in ('requested', 'cancelled'))
    and (actor = 'operator' or to_state not in ('approved', 'refused')));
