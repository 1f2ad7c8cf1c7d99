-- Whether a source that screens whom is paid lets a payout be sent, and who decides of what it finds.

-- What of the screening of an account keeps payouts to it from being sent, and since when; nothing: they may be.
create or replace function payout_screening(p_shard smallint, p_method_id uuid, p_at timestamptz)
returns table (control text, since timestamptz) language sql stable set search_path = public, pg_temp as $$
    with rule as (
        select * from screening_rule order by id desc limit 1
    ), newest as (
        select s.* from screening s, rule r
        where s.shard = p_shard and s.method_id = p_method_id and s.provider = r.provider
            and s.asked_at > p_at - make_interval(secs => r.age_max_s)
        order by s.asked_at desc, s.id desc limit 1
    ), standing as (
        select case
            when n.id is null or n.outcome is null and n.failed_with is null then 'screening_missing'
            when n.outcome is null then 'screening_unreachable'
            when n.outcome = 'pending' then 'screening_pending'
            when n.outcome = 'potential_match' and d.verdict is null then 'screening_match'
            when n.outcome = 'potential_match' and d.verdict = 'is_them' then 'screening_confirmed'
            when r.identity and n.identity <> 'verified' then 'identity_unverified' end as control,
            coalesce(n.answered_at, n.asked_at) as since
        from rule r left join newest n on true
        left join screening_decision d on d.screening_id = n.id and d.said_at = n.answered_at
        where r.provider is not null
    )
    select control, since from standing where control is not null
$$;

create or replace function payout_is_screened() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
    v_control text;
begin
    select s.control into v_control
    from payout p
    left join payout_export e on tg_table_name = 'payout_export_item' and e.number = (to_jsonb(new) ->> 'export_number')::integer
    cross join lateral payout_screening(p.shard, p.method_id, greatest(p.changed_at, e.exported_at)) s
    where p.shard = new.shard and p.id = new.payout_id;
    if v_control is not null then
        raise exception 'payout % is not screened: %', new.payout_id, v_control
            using errcode = 'check_violation', constraint = 'payout_is_screened';
    end if;
    return null;
end $$;
create or replace trigger payout_is_screened after update of called on payout_send
    for each row when (new.called and not old.called) execute function payout_is_screened();
create or replace trigger payout_is_screened after insert on payout_export_item
    for each row execute function payout_is_screened();

-- Whether one operator does not decide alone that a potential match is somebody else: so much waits for it.
create or replace function screening_needs_two(p_screening_id uuid) returns boolean
language sql stable set search_path = public, pg_temp as $$
    select coalesce(sum(p.diamonds), 0) > decision_bound_of('screening_alone_diamonds')
    from screening s join payout p on p.shard = s.shard and p.method_id = s.method_id and p.state in ('requested', 'approved')
    where s.id = p_screening_id
$$;

create or replace function screening_takes_two() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if are_linked(new.decided_by, (select creator_id from screening where id = new.screening_id)) then
        raise exception 'nobody decides of themselves, or of an account linked to theirs'
            using errcode = 'check_violation', constraint = 'screening_is_decided_by_another';
    end if;
    if new.verdict = 'somebody_else' and new.decision_id is null and screening_needs_two(new.screening_id) then
        raise exception 'so much needs a confirmed decision'
            using errcode = 'check_violation', constraint = 'screening_decision_is_decided';
    end if;
    return new;
end $$;
create or replace trigger screening_takes_two before insert on screening_decision
    for each row execute function screening_takes_two();
create or replace trigger screening_decision_is_decided before insert on screening_decision
    for each row when (new.decision_id is not null) execute function require_decision('screening', 'screening_id', 'verdict');

grant execute on function payout_screening, screening_needs_two to plaudit_app;
