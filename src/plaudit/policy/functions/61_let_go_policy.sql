-- Where somebody was who asked for a price that is no longer kept.
create or replace function let_go_of_quoted_places(p_before timestamptz, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
begin
    delete from region_decision d using (
        select shard, decision_id from region_decision c
        where kind = 'quote' and decided_at <= p_before and person_id not in (select h.person_id from held_people() h)
            and not exists (select from quote q where (q.shard, q.decision_id) = (c.shard, c.decision_id))
        order by decided_at limit p_rows_max for update skip locked) old
    where (d.shard, d.decision_id) = (old.shard, old.decision_id);
    get diagnostics done = row_count;
    return done;
end $$;

-- Networks, and what sources said beside the country. Which country it was stays with what was sold there.
create or replace function let_go_of_places(p_before timestamptz, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
begin
    update region_decision d set network = null,
        evidence = (select coalesce(jsonb_agg(e || '{"detail": ""}' order by place), '[]')
            from jsonb_array_elements(d.evidence) with ordinality as x (e, place))
    from (
        select shard, decision_id from region_decision
        where decided_at <= law_lets_go_of(p_before) and (network is not null or evidence @? '$[*] ? (@.detail != "")')
            and person_id not in (select h.person_id from held_people() h)
        order by decided_at limit p_rows_max for no key update skip locked) old
    where (d.shard, d.decision_id) = (old.shard, old.decision_id);
    get diagnostics done = row_count;
    return done;
end $$;
grant execute on function let_go_of_quoted_places, let_go_of_places to plaudit_app;
