-- A pack is decided by two, and one that loosens something holds no sooner than its lead says.
create or replace function policy_pack_is_bounded() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if new.loosens
        and new.effective_at < new.recorded_at + make_interval(secs => decision_bound_of('policy_pack_loosening_lead_s'))
    then
        raise exception 'a pack that loosens something holds no sooner than its lead says'
            using errcode = 'check_violation', constraint = 'policy_pack_is_bounded';
    end if;
    return new;
end $$;
create or replace trigger policy_pack_is_decided before insert on policy_pack
    for each row execute function require_decision('policy_pack', 'country', 'text', 'loosens', 'effective_at');
create or replace trigger policy_pack_is_bounded before insert on policy_pack
    for each row execute function policy_pack_is_bounded();

-- What was proved of an age stays as it was said; it is revoked once.
create or replace function age_assurance_stays() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if old.revoked_at is not null then
        raise exception 'an age is revoked once' using errcode = 'check_violation', constraint = 'age_assurance_stays';
    end if;
    return new;
end $$;
create or replace trigger age_assurance_stays before update on age_assurance
    for each row execute function age_assurance_stays();

-- What is believed of somebody's age: the surest that holds. Of each source its newest word counts; of words that are as sure
-- the strictest, so that no word lets somebody do what another, as good as it, says they are too young for.
create or replace function believed_age(p_person_id bigint, p_at timestamptz)
returns table (at_least smallint, under smallint, level smallint, method text, source text, until timestamptz)
language sql stable set search_path = public, pg_temp as $$
    select said.at_least, said.under, said.level, said.method, said.source, said.until from (
        select distinct on (a.level, a.method, a.source) a.* from age_assurance a
        where a.person_id = p_person_id and a.revoked_at is null and (a.until is null or a.until > p_at)
        order by a.level, a.method, a.source, a.proved_at desc, a.id desc) said
    order by said.level desc, said.under nulls last, said.at_least, said.until, said.method, said.source limit 1
$$;

-- Whether somebody is known to be of age by a proof that is better than a word: who may answer for others.
create or replace function is_of_age(p_person_id bigint, p_at timestamptz) returns boolean
language sql stable set search_path = public, pg_temp as $$
    select exists (select from believed_age(p_person_id, p_at) where at_least >= 18 and level >= 2)
$$;

-- What app stores say of whoever answers for somebody: given, withheld, or null where nobody does. The newest word of each store
-- counts, and what its guardian took back since an account spoke last.
create or replace function store_guardian_says(p_person_id bigint) returns text
language sql stable set search_path = public, pg_temp as $$
    with said as (
        select distinct on (store) state from store_guardian where person_id = p_person_id order by store, said_at desc, account)
    select case
        when exists (
            select from store_guardian c join store_guardian_withdrawal w using (store, account)
            where c.person_id = p_person_id and w.withdrawn_at >= c.said_at)
            or exists (select from said where state in ('pending', 'denied')) then 'withheld'
        when exists (select from said where state = 'given') then 'given'
    end
$$;
revoke execute on function believed_age, store_guardian_says from public;
grant execute on function believed_age, store_guardian_says to plaudit_app;

-- What others agree to who answer for somebody. A consent outlasts the term of its giver's proof, but not a proof that was
-- taken back.
create or replace function consents_of(p_person_id bigint) returns text[]
language sql stable set search_path = public, pg_temp as $$
    select coalesce(array_agg(distinct c.action), '{}') from rule_consent c
    where c.person_id = p_person_id and c.ended_at is null and exists (
        select from age_assurance a
        where a.person_id = c.given_by and a.at_least >= 18 and a.level >= 2 and a.revoked_at is null)
$$;
-- end_consents(): somebody agrees to an action no more, or to none.
create or replace function end_consents(p_person_id bigint, p_given_by bigint, p_action text, p_at timestamptz) returns void
language sql security definer set search_path = public, pg_temp as $$
    update rule_consent set ended_at = greatest(p_at, given_at)
    where person_id = p_person_id and given_by = p_given_by and (p_action is null or action = p_action) and ended_at is null
$$;
revoke execute on function is_of_age, consents_of, end_consents from public;
grant execute on function is_of_age, consents_of, end_consents to plaudit_app;

create or replace function revoked_age_tells_of_consents() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    perform pg_notify('plaudit_ways_in', 'facts:' || person_id) from rule_consent
    where given_by = new.person_id and ended_at is null;
    return null;
end $$;
create or replace trigger revoked_age_tells_of_consents after update of revoked_at on age_assurance
    for each row execute function revoked_age_tells_of_consents();
