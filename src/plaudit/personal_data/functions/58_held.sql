-- People of whom nothing goes because it is old, and why: somebody says so, or something about them is not over. What holds one
-- account holds those that were merged with it; that an account was merged holds nothing.
create or replace function held_people() returns table (person_id bigint, why text)
language sql stable security definer set search_path = public, pg_temp as $$
    with recursive held (person_id, why) as (
        (select h.person_id, 'legal_hold' from legal_hold h where h.lifted_at is null
        union all
        select f.person_id, 'frozen' from freeze_record f
        where f.lifted_at is null and (f.ends_at is null or f.ends_at > now()) and not exists (select from person_move m where m.id = f.id)
        union all
        select r.person_id, 'reversal' from reversal r where r.state in ('requested', 'sent', 'opened')
        union all
        select o.person_id, 'payment_problem' from payment_problem p join recharge_order o using (shard, order_id)
        where p.resolved_at is null
        union all
        select d.beneficiary_id, 'decision' from decision d where d.outcome is null and d.beneficiary_id is not null)
        union
        select case m.merged_id when h.person_id then m.person_id else m.merged_id end, h.why
        from held h join person_move m on m.merged_id is not null and (m.merged_id = h.person_id or m.person_id = h.person_id)
    )
    select person_id, why from held
$$;

-- Who told something about people who are held, and since when: of these nobody can be found in a sealed message.
create or replace function held_providers() returns table (side text, provider text, since timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
    with held as (select distinct person_id from held_people())
    select 'payments', o.provider, min(o.created_at) from held h
    join recharge_order o on o.shard = shard_of(h.person_id) and o.person_id = h.person_id group by o.provider
    union all
    select 'payouts', p.provider, min(p.requested_at) from held h
    join payout p on p.shard = shard_of(h.person_id) and p.creator_id = h.person_id group by p.provider
$$;

-- The latest moment that what accounting law asks for may be let go of up to, whatever the settings say: ten years after the
-- year it is of.
create or replace function law_lets_go_of(p_before timestamptz) returns timestamptz
language sql stable set search_path = public, pg_temp as $$
    select least(p_before, now() - interval '4018 days')
$$;

-- What went, in the transaction in which it goes.
create or replace function note_let_go(
    p_rule text, p_days integer, p_through timestamptz, p_at timestamptz, p_rows integer, p_is_done boolean) returns void
language sql security definer set search_path = public, pg_temp as $$
    insert into retention_day as d (rule, day, days, through, rows, looked_at, is_done)
    values (p_rule, (p_at at time zone 'UTC')::date, p_days, p_through, p_rows, p_at, p_is_done)
    on conflict (rule, day) do update
    set days = excluded.days, through = greatest(d.through, excluded.through), rows = d.rows + excluded.rows,
        looked_at = greatest(d.looked_at, excluded.looked_at), is_done = excluded.is_done
$$;

-- Files of exports, and how exports and erasures were asked for. Who was erased is kept: a restore finds them again by it.
create or replace function let_go_of_export_files(p_before timestamptz, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    v_ids uuid[];
begin
    select coalesce(array_agg(id), '{}') into v_ids from (
        select id from data_export where state = 'ready' and ready_at <= p_before
        order by ready_at limit p_rows_max for no key update skip locked) old;
    delete from data_export_part where export_id = any (v_ids);
    update data_export set state = 'deleted' where id = any (v_ids);
    return cardinality(v_ids);
end $$;

create or replace function let_go_of_data_requests(p_before timestamptz, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    exports integer;
    erasures integer;
begin
    delete from data_export e using (
        select id from data_export
        where state = 'deleted' and asked_at <= p_before and person_id not in (select h.person_id from held_people() h)
        order by asked_at limit p_rows_max for update skip locked) old
    where e.id = old.id;
    get diagnostics exports = row_count;
    delete from erasure e using (
        select id from erasure
        where withdrawn_at <= p_before and asked_at <= p_before and person_id not in (select h.person_id from held_people() h)
        order by asked_at limit p_rows_max - exports for update skip locked) old
    where e.id = old.id;
    get diagnostics erasures = row_count;
    return exports + erasures;
end $$;

create or replace function let_go_of_legal_holds(p_before timestamptz, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
begin
    delete from legal_hold l using (
        select id from legal_hold where lifted_at <= p_before and person_id not in (select h.person_id from held_people() h)
        order by lifted_at limit p_rows_max for update skip locked) old
    where l.id = old.id;
    get diagnostics done = row_count;
    return done;
end $$;
grant execute on function held_people, held_providers, law_lets_go_of, note_let_go, let_go_of_export_files, let_go_of_data_requests,
    let_go_of_legal_holds to plaudit_app;
