-- Where somebody was who is being erased: networks, and what sources said beside the country. Which country it was, tax law asks for.
create or replace function erase_policy(p_person_id bigint, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
begin
    perform require_erasing(p_person_id);
    with chosen as (
        select shard, decision_id from region_decision
        where shard = shard_of(p_person_id) and person_id = p_person_id
            and (network is not null or evidence @? '$[*] ? (@.detail != "")')
        limit p_rows_max
    )
    update region_decision d set network = null,
        evidence = (select coalesce(jsonb_agg(e || '{"detail": ""}' order by place), '[]')
            from jsonb_array_elements(d.evidence) with ordinality as x (e, place))
    from chosen s where d.shard = s.shard and d.decision_id = s.decision_id;
    get diagnostics done = row_count;
    return done;
end $$;
grant execute on function erase_policy to plaudit_app;
