-- Accounts that were removed and never paid to, or paid to so long ago that tax law no longer asks for them.
create or replace function empty_payout_methods(p_shards smallint[], p_ids uuid[]) returns void
language sql set search_path = public, pg_temp as $$
    update payout_method m
    set holder_name = '', account_ending = '', account_key = null, iban = null, bank_code = null, account_number = null,
        sealed_account = '', account_fingerprint = null, name_match = null, name_compared_at = null
    from unnest(p_shards, p_ids) as old (shard, id) where m.shard = old.shard and m.id = old.id;
    update payout_connection c set account = null, state = 'closed', needs = '{}', needs_by = null
    from unnest(p_shards, p_ids) as old (shard, id) where c.shard = old.shard and c.method_id = old.id
$$;

create or replace function let_go_of_unused_accounts(p_before timestamptz, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    v_shards smallint[];
    v_ids uuid[];
begin
    select coalesce(array_agg(shard), '{}'), coalesce(array_agg(id), '{}') into v_shards, v_ids from (
        select shard, id from payout_method m
        where archived_at <= p_before and holder_name <> '' and creator_id not in (select h.person_id from held_people() h)
            and not exists (select from payout p where p.shard = m.shard and p.creator_id = m.creator_id and p.method_id = m.id)
        order by archived_at limit p_rows_max for no key update skip locked) old;
    perform empty_payout_methods(v_shards, v_ids);
    return cardinality(v_ids);
end $$;

create or replace function let_go_of_paid_accounts(p_before timestamptz, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    v_shards smallint[];
    v_ids uuid[];
begin
    select coalesce(array_agg(shard), '{}'), coalesce(array_agg(id), '{}') into v_shards, v_ids from (
        select shard, id from payout_method m
        where archived_at <= law_lets_go_of(p_before) and holder_name <> ''
            and creator_id not in (select h.person_id from held_people() h)
            and exists (select from payout p where p.shard = m.shard and p.creator_id = m.creator_id and p.method_id = m.id)
            and not exists (
                select from payout p where p.shard = m.shard and p.creator_id = m.creator_id and p.method_id = m.id
                    and p.changed_at > law_lets_go_of(p_before))
        order by archived_at limit p_rows_max for no key update skip locked) old;
    perform empty_payout_methods(v_shards, v_ids);
    return cardinality(v_ids);
end $$;

create or replace function let_go_of_payout_quotes(p_before timestamptz, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
begin
    delete from payout_quote q using (
        select shard, id from payout_quote c
        where expires_at <= p_before and creator_id not in (select h.person_id from held_people() h)
            and not exists (select from payout p where p.shard = c.shard and p.quote_id = c.id)
        order by expires_at limit p_rows_max for update skip locked) old
    where (q.shard, q.id) = (old.shard, old.id);
    get diagnostics done = row_count;
    return done;
end $$;
revoke execute on function empty_payout_methods from public;
grant execute on function let_go_of_unused_accounts, let_go_of_paid_accounts, let_go_of_payout_quotes to plaudit_app;
