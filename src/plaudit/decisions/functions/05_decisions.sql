-- Who may end a decision and how, and what other rooms ask before they keep what was decided.

-- Whether a bound is a lead time or a window, of which more leaves less room.
create or replace function bound_is_a_time(p_name text) returns boolean
language sql immutable set search_path = public, pg_temp as $$
    select p_name ~ '(_lead|_window)_s$'
$$;

-- How far the installation lets a bound go: as who owns the tables says, else so far from what the house began with.
create or replace function bound_widest(p_name text) returns bigint
language sql stable set search_path = public, pg_temp as $$
    select coalesce((select value from decision_bound_widest where name = p_name), (
        select case when bound_is_a_time(p_name) then (value + 3) / 4
            when p_name ~ '_(bps|days)$' then value * 2
            else value * 10 end
        from decision_bound where name = p_name and version = 1))
$$;

-- The bound in force of a name, never beyond what the installation lets it be; null: there is none.
create or replace function decision_bound_of(p_name text) returns bigint
language sql stable set search_path = public, pg_temp as $$
    select case when bound_is_a_time(p_name) then greatest(b.value, bound_widest(p_name))
        else least(b.value, bound_widest(p_name)) end
    from decision_bound b
    where b.name = p_name and (b.effective_at is null or b.effective_at <= now())
        and not exists (select from decision_bound_withdrawal w where (w.name, w.version) = (b.name, b.version))
    order by b.version desc limit 1
$$;

-- The bound that held at a moment; null: there was none. For laws, which look back.
create or replace function decision_bound_at(p_name text, p_at timestamptz) returns bigint
language sql stable set search_path = public, pg_temp as $$
    select b.value from decision_bound b
    where b.name = p_name and coalesce(b.effective_at, b.recorded_at) <= p_at
        and not exists (select from decision_bound_withdrawal w where (w.name, w.version) = (b.name, b.version))
    order by b.version desc limit 1
$$;

-- The largest that began to hold within a span; null: none did.
create or replace function decision_bound_within(p_name text, p_from timestamptz, p_until timestamptz) returns bigint
language sql stable set search_path = public, pg_temp as $$
    select max(b.value) from decision_bound b
    where b.name = p_name and coalesce(b.effective_at, b.recorded_at) between p_from and p_until
        and not exists (select from decision_bound_withdrawal w where (w.name, w.version) = (b.name, b.version))
$$;

-- Whether a bound would leave no more room than it does.
create or replace function bound_is_narrower(p_name text, p_value bigint) returns boolean
language sql stable set search_path = public, pg_temp as $$
    select case when bound_is_a_time(p_name) then p_value >= decision_bound_of(p_name) else p_value <= decision_bound_of(p_name) end
$$;

-- Whether the installation lets a bound go so far.
create or replace function bound_is_within(p_name text, p_value bigint) returns boolean
language sql stable set search_path = public, pg_temp as $$
    select case when bound_is_a_time(p_name) then p_value >= bound_widest(p_name) else p_value <= bound_widest(p_name) end
$$;

-- How long after it is confirmed by two a decision holds at the earliest: a narrower bound at once.
create or replace function decision_lead_s(p_kind text, p_content text) returns bigint
language sql stable set search_path = public, pg_temp as $$
    select case when p_kind = 'bound' and bound_is_narrower(p_content::jsonb ->> 'name', (p_content::jsonb ->> 'value')::bigint)
        then 0 else coalesce(decision_bound_of(p_kind || '_lead_s'), 0) end
$$;

-- Whether a fraction is within so many 1/10,000 of another, either way: who may go there may go back.
create or replace function is_within(
    p_numerator numeric, p_denominator numeric, p_of_numerator numeric, p_of_denominator numeric, p_bps bigint
) returns boolean language sql immutable set search_path = public, pg_temp as $$
    select p_numerator * p_of_denominator * 10000 <= p_of_numerator * p_denominator * (10000 + p_bps)
        and p_of_numerator * p_denominator * 10000 <= p_numerator * p_of_denominator * (10000 + p_bps)
$$;

-- The accounts of one human or household, over any number of links, this one first.
create or replace function accounts_of(p_person_id bigint) returns setof bigint
language sql stable set search_path = public, pg_temp as $$
    with recursive own (id) as (
        select p_person_id
        union
        select case when l.person_id = own.id then l.other_id else l.person_id end
        from own join person_link l on own.id in (l.person_id, l.other_id) and l.ended_at is null
    )
    select id from own
$$;

-- The accounts that were those of one at a moment, this one first. For laws, which look back.
create or replace function accounts_at(p_person_id bigint, p_at timestamptz) returns setof bigint
language sql stable set search_path = public, pg_temp as $$
    with recursive own (id) as (
        select p_person_id
        union
        select case when l.person_id = own.id then l.other_id else l.person_id end
        from own join person_link l on own.id in (l.person_id, l.other_id)
            and l.linked_at < p_at and (l.ended_at is null or l.ended_at > p_at)
    )
    select id from own
$$;

-- Whether two accounts are those of one.
create or replace function are_linked(p_person_id bigint, p_other_id bigint) returns boolean
language sql stable set search_path = public, pg_temp as $$
    select p_other_id in (select accounts_of(p_person_id))
$$;

-- A decision is written once and ended once; those in it are not one another's accounts.
create or replace function decision_is_kept() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if tg_op = 'DELETE' then
        raise exception 'decisions are kept' using errcode = 'restrict_violation';
    end if;
    if tg_op = 'UPDATE' and (old.outcome is not null
        or (old.id, old.kind, old.subject, old.content, old.before, old.note, old.beneficiary_id, old.proposed_by,
            old.proposed_at, old.expires_at)
        is distinct from (new.id, new.kind, new.subject, new.content, new.before, new.note, new.beneficiary_id,
            new.proposed_by, new.proposed_at, new.expires_at))
    then
        raise exception 'a decision is ended once, and nothing else of it changes' using errcode = 'restrict_violation';
    end if;
    -- That they are not the same is a matter of constraints.
    if are_linked(new.proposed_by, nullif(new.beneficiary_id, new.proposed_by))
        or new.outcome = 'confirmed' and (are_linked(new.proposed_by, nullif(new.decided_by, new.proposed_by))
            or are_linked(new.decided_by, nullif(new.beneficiary_id, new.decided_by)))
    then
        raise exception 'accounts of one person cannot decide together, or for each other'
            using errcode = 'check_violation', constraint = 'decision_parties_are_not_linked';
    end if;
    return new;
end $$;
create or replace trigger decision_is_kept before insert or update or delete on decision
    for each row execute function decision_is_kept();

-- What was decided in an emergency is seen by another than who decided it.
create or replace function decision_is_seen_by_another() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if not exists (select from decision where id = new.decision_id and emergency and not are_linked(decided_by, new.seen_by)) then
        raise exception 'another operator sees what was decided in an emergency'
            using errcode = 'check_violation', constraint = 'decision_is_seen_by_another';
    end if;
    return new;
end $$;
create or replace trigger decision_is_seen_by_another before insert on decision_seen
    for each row execute function decision_is_seen_by_another();

-- The only way a decision ends. False when it is not open, or when something else was confirmed than it says.
create or replace function end_decision(
    p_id uuid, p_outcome text, p_by bigint, p_at timestamptz, p_content_sha256 bytea, p_reason text, p_alone boolean,
    p_emergency boolean
) returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update decision d set outcome = p_outcome, decided_by = p_by, decided_at = p_at, reason = p_reason, alone = p_alone,
        emergency = p_emergency,
        effective_at = case when p_outcome = 'confirmed' then greatest(
            p_at + make_interval(secs => case when p_alone then 0 else decision_lead_s(d.kind, d.content) end),
            (d.content::jsonb ->> 'effective_at')::timestamptz
        ) end
    where d.id = p_id and d.outcome is null and (p_outcome <> 'confirmed' or d.content_sha256 = p_content_sha256);
    return found;
end $$;

-- A trigger of tables that keep what was decided, before insert: require_decision(kind, column …). The row names a
-- confirmed decision of the kind, says in these columns what its content says, and holds when it does. Who owns the
-- tables may write without one: such rows came with the house.
create or replace function require_decision() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
    v_decision decision;
    v_row jsonb := to_jsonb(new);
    v_column text;
begin
    if v_row ->> 'decision_id' is null
        and pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'usage')
    then
        return new;
    end if;
    select * into v_decision from decision
    where id = (v_row ->> 'decision_id')::uuid and kind = tg_argv[0] and outcome = 'confirmed';
    if not found then
        raise exception '% needs a confirmed decision', tg_table_name
            using errcode = 'check_violation', constraint = tg_table_name || '_is_decided';
    end if;
    foreach v_column in array tg_argv[1:] loop
        if (case v_column when 'effective_at' then to_jsonb(v_decision.effective_at) else v_decision.content::jsonb -> v_column end
            is distinct from v_row -> v_column)
        then
            raise exception '% of % is not what was decided', v_column, tg_table_name
                using errcode = 'check_violation', constraint = tg_table_name || '_is_decided';
        end if;
    end loop;
    return new;
end $$;

-- A wider bound takes two, goes no further than the installation lets it, and holds when its lead time is over.
create or replace function bound_takes_two() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
    v_decision decision;
begin
    new.effective_at := null;
    if new.decision_id is null or bound_is_narrower(new.name, new.value) then
        return new;
    end if;
    select * into strict v_decision from decision where id = new.decision_id;
    if v_decision.alone then
        raise exception 'nobody alone widens a bound'
            using errcode = 'check_violation', constraint = 'decision_bound_takes_two';
    end if;
    if not bound_is_within(new.name, new.value) then
        raise exception 'the installation lets nobody widen a bound so far'
            using errcode = 'check_violation', constraint = 'decision_bound_is_within';
    end if;
    new.effective_at := v_decision.effective_at;
    return new;
end $$;
create or replace trigger decision_bound_is_decided before insert on decision_bound
    for each row execute function require_decision('bound', 'name', 'value');
create or replace trigger decision_bound_takes_two before insert on decision_bound
    for each row execute function bound_takes_two();

-- What holds is not taken back: it is narrowed.
create or replace function bound_is_withdrawn_in_time() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if not exists (select from decision_bound b
        where (b.name, b.version) = (new.name, new.version) and b.effective_at > greatest(new.withdrawn_at, now()))
    then
        raise exception 'this bound holds'
            using errcode = 'check_violation', constraint = 'decision_bound_is_withdrawn_in_time';
    end if;
    return new;
end $$;
create or replace trigger decision_bound_is_withdrawn_in_time before insert on decision_bound_withdrawal
    for each row execute function bound_is_withdrawn_in_time();

grant insert on decision_bound to plaudit_app;
grant execute on function bound_is_a_time, bound_widest, bound_is_narrower, bound_is_within, decision_lead_s, decision_bound_of, decision_bound_at,
    decision_bound_within, is_within, accounts_of, accounts_at, are_linked, end_decision to plaudit_app;
