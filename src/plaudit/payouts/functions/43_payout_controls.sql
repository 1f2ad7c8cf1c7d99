-- Why a payout waits for a person, and that none is agreed to or sent that does.

-- How much has been agreed to, or was asked for before this payout and waits, with this one: by person, by bank account, of
-- the house; where it is more than a bound.
create or replace function payout_velocity(p_shard smallint, p_payout_id uuid, p_at timestamptz)
returns table (control text, figure bigint, most bigint) language sql stable set search_path = public, pg_temp as $$
    with this as materialized (
        select p.creator_id, p.requested_at, p.id, p.diamonds, m.account_fingerprint
        from payout p join payout_method m on m.shard = p.shard and m.id = p.method_id
        where p.shard = p_shard and p.id = p_payout_id
    ), own as materialized (
        select accounts_of(creator_id) as id from this
    ), counted as materialized (
        select p.id, p.creator_id, p.diamonds, coalesce(e.at, p_at) as at
        from payout p left join payout_event e on e.shard = p.shard and e.payout_id = p.id and e.to_state = 'approved', this
        where p.id <> this.id and (p.state = 'requested' and (p.requested_at, p.id) < (this.requested_at, this.id)
            or p.state in ('approved', 'sent', 'paid', 'returned') and e.at > p_at - interval '7 days')
        union all
        select id, creator_id, diamonds, p_at from this
    ), of_person as materialized (
        select c.diamonds, c.at > p_at - interval '1 day' as today from counted c where c.creator_id in (select id from own)
    ), of_account as materialized (
        select c.diamonds, (select min(a) from accounts_of(c.creator_id) a) as person_id
        from counted c join payout p on p.id = c.id join payout_method m on m.shard = p.shard and m.id = p.method_id, this
        where m.account_fingerprint = this.account_fingerprint
    ), figure (control, value) as (
        select 'payout_person_day_count', count(*) filter (where today) from of_person
        union all select 'payout_person_day_diamonds', sum(diamonds) filter (where today) from of_person
        union all select 'payout_person_week_count', count(*) from of_person
        union all select 'payout_person_week_diamonds', sum(diamonds) from of_person
        union all select 'payout_account_week_creators', count(distinct person_id) from of_account
        union all select 'payout_account_week_diamonds', sum(diamonds) from of_account
        union all select 'payout_house_day_diamonds', sum(diamonds) filter (where at > p_at - interval '1 day') from counted
        union all select 'payout_new_creator_diamonds', sum(diamonds) from of_person where not exists (
            select from own, payout p join payout_event e on e.shard = p.shard and e.payout_id = p.id and e.to_state = 'paid'
            where p.shard = shard_of(own.id) and p.creator_id = own.id
                and e.at <= p_at - make_interval(secs => decision_bound_of('payout_new_creator_window_s')))
    )
    select f.control, f.value::bigint, b.value
    from figure f cross join lateral (select decision_bound_of(f.control) as value) b
    where f.value > b.value
$$;

-- All that stops a payout from being agreed to at a moment, or would if nobody had let it pass.
create or replace function payout_controls(p_shard smallint, p_payout_id uuid, p_at timestamptz)
returns table (control text, figure bigint, most bigint, since timestamptz, stops text, passed boolean)
language sql stable set search_path = public, pg_temp as $$
    select v.control, v.figure, v.most, p.requested_at, 'approval', exists (
        select from payout_pass o
        where o.shard = p_shard and o.payout_id = p_payout_id and o.control = v.control and o.figure >= v.figure)
    from payout_velocity(p_shard, p_payout_id, p_at) v, payout p
    where p.shard = p_shard and p.id = p_payout_id
    union all
    -- Only a name that matches needs nobody. What a person decided of an account's name holds for its other payouts, until
    -- another name is vouched for; where nobody vouches, a bound says how much needs no person.
    select 'name_' || n.match, 0, 0, coalesce(m.name_compared_at, p.requested_at), 'approval', exists (
        select from payout_pass o join payout q on q.shard = o.shard and q.id = o.payout_id
        where q.shard = p.shard and q.method_id = p.method_id and o.control = 'name_' || n.match
            and o.passed_at >= coalesce(m.name_compared_at, o.passed_at))
    from payout p join payout_method m on m.shard = p.shard and m.id = p.method_id
    cross join lateral (select coalesce(m.name_match, 'unknown') as match) n
    where p.shard = p_shard and p.id = p_payout_id and n.match <> 'match'
        and (n.match <> 'unknown' or p.diamonds > decision_bound_of('payout_unnamed_diamonds'))
    union all
    select 'safety_hold', 0, 0, p.requested_at, 'approval', false from payout p
    where p.shard = p_shard and p.id = p_payout_id and step_holds(p.creator_id, 'hold_payout', p_at)
    union all
    select s.control, 0, 0, coalesce(s.since, p.requested_at), 'sending', false
    from payout p cross join lateral payout_screening(p.shard, p.method_id, p_at) s
    where p.shard = p_shard and p.id = p_payout_id
    union all
    select 'connection_waits', 0, 0, greatest(w.since, p.requested_at), 'sending', false
    from payout p cross join lateral (select payout_connection_waits(p.shard, p.method_id) as since) w
    where p.shard = p_shard and p.id = p_payout_id and w.since is not null
$$;

-- What is agreed to is counted by whoever agrees next: one after another.
create or replace function payout_approval_is_controlled() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
    v_stopped text;
begin
    perform pg_advisory_xact_lock(hashtext('plaudit.decision'));
    select string_agg(control, ', ') into v_stopped from payout_controls(new.shard, new.payout_id, new.at) where stops = 'approval' and not passed;
    if v_stopped is not null then
        raise exception 'payout % waits for a person: %', new.payout_id, v_stopped
            using errcode = 'check_violation', constraint = 'payout_is_controlled';
    end if;
    return new;
end $$;
create or replace trigger payout_approval_is_controlled before insert on payout_event
    for each row when (new.to_state = 'approved') execute function payout_approval_is_controlled();

-- Nobody lets a payout of their own pass.
create or replace function payout_is_passed_by_another() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if are_linked(new.passed_by, (select creator_id from payout where shard = new.shard and id = new.payout_id)) then
        raise exception 'nobody lets a payout of their own pass, or of an account linked to theirs'
            using errcode = 'check_violation', constraint = 'payout_is_passed_by_another';
    end if;
    return new;
end $$;
create or replace trigger payout_is_passed_by_another before insert on payout_pass
    for each row execute function payout_is_passed_by_another();

grant execute on function payout_velocity, payout_controls to plaudit_app;
