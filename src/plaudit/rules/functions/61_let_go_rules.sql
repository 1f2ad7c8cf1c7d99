-- How often each rule refused somebody.
create or replace function let_go_of_tallies(p_before timestamptz, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
begin
    delete from rule_tally where ctid in (
        select ctid from rule_tally where day < (p_before at time zone 'UTC')::date order by day limit p_rows_max for update skip locked);
    get diagnostics done = row_count;
    return done;
end $$;

-- Where and how old somebody was for a rule; which rule held stays.
create or replace function let_go_of_rule_places(p_before timestamptz, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
begin
    update rule_decision r set countries = '{}', at_least = null, under = null, level = null, method = null, source = null
    from (
        select shard, reference, action from rule_decision
        where decided_at <= p_before and countries <> '{}' and person_id not in (select h.person_id from held_people() h)
        order by decided_at limit p_rows_max for no key update skip locked) old
    where (r.shard, r.reference, r.action) = (old.shard, old.reference, old.action);
    get diagnostics done = row_count;
    return done;
end $$;

-- What was known of somebody's age and holds no longer.
create or replace function let_go_of_ages(p_before timestamptz, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
begin
    delete from age_assurance a using (
        select id from age_assurance
        where (revoked_at is not null or until is not null) and least(revoked_at, until) <= p_before
            and person_id not in (select h.person_id from held_people() h)
        order by least(revoked_at, until) limit p_rows_max for update skip locked) old
    where a.id = old.id;
    get diagnostics done = row_count;
    return done;
end $$;
-- What guardians took back of accounts that nobody here has.
create or replace function let_go_of_store_withdrawals(p_before timestamptz, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
begin
    delete from store_guardian_withdrawal where (store, account) in (
        select w.store, w.account from store_guardian_withdrawal w
        where w.withdrawn_at <= p_before
            and not exists (select from store_guardian c where (c.store, c.account) = (w.store, w.account))
        order by w.withdrawn_at limit p_rows_max for update skip locked);
    get diagnostics done = row_count;
    return done;
end $$;

-- Sources of ages that did not answer, long after anybody is told of it.
create or replace function let_go_of_age_silences(p_before timestamptz, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
begin
    delete from age_silence where (person_id, source) in (
        select person_id, source from age_silence
        where since <= p_before and person_id not in (select h.person_id from held_people() h)
        order by since limit p_rows_max for update skip locked);
    get diagnostics done = row_count;
    return done;
end $$;
grant execute on function let_go_of_tallies, let_go_of_rule_places, let_go_of_ages, let_go_of_store_withdrawals,
    let_go_of_age_silences to plaudit_app;
