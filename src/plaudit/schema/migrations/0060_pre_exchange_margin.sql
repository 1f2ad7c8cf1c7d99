-- Coins bring more than can be paid out for them: asked at the commit of whatever is published of prices, rewards and rates.

-- One publication at a time, so that two that do not know of each other cannot agree on a loss. A book answers
-- for itself; a rule or a rate that lets nobody be paid more than before is never refused, whatever became of exchange rates.
create function coins_bring_more_than_payouts() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
declare
    recorded_at constant timestamptz :=
        coalesce(to_jsonb(new) ->> 'recorded_at', to_jsonb(new) ->> 'published_at', to_jsonb(new) ->> 'withdrawn_at');
    rule constant integer := case tg_table_name when 'reward_rule' then (to_jsonb(new) ->> 'version')::integer end;
    rate constant integer := case tg_table_name when 'payout_rate' then (to_jsonb(new) ->> 'version')::integer end;
begin
    perform pg_advisory_xact_lock(hashtext('plaudit.margin'));
    if coalesce(rule, rate) is not null and not exists (
        select from best_payouts(recorded_at, null, null, null) b
        left join best_payouts(recorded_at, null, rule, rate) w using (version)
        where b.cents > coalesce(w.cents, 0)
    ) then
        return null;
    end if;
    perform from sold_below_payout(recorded_at, null, null) l
    where tg_table_name <> 'price_book' or l.book_version = (to_jsonb(new) ->> 'version')::integer;
    if found then
        raise check_violation using message = 'coins would be sold for no more than they can be paid out for',
            constraint = 'coins_bring_more_than_payouts', table = tg_table_name;
    end if;
    return null;
end $$;
revoke execute on function coins_bring_more_than_payouts from public;
create constraint trigger coins_bring_more_than_payouts after insert on price_book deferrable initially deferred
    for each row execute function coins_bring_more_than_payouts();
create constraint trigger coins_bring_more_than_payouts after insert on price_book_withdrawal deferrable initially deferred
    for each row execute function coins_bring_more_than_payouts();
create constraint trigger coins_bring_more_than_payouts after insert on reward_rule deferrable initially deferred
    for each row execute function coins_bring_more_than_payouts();
-- Rates that follow the day's reference rates pay no more than the rate they are made of.
create constraint trigger coins_bring_more_than_payouts after insert on payout_rate deferrable initially deferred
    for each row when (new.source <> 'reference') execute function coins_bring_more_than_payouts();
