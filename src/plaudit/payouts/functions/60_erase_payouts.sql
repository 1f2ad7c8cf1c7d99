-- Where somebody who is being erased was paid to. Accounts that money went to, tax law asks for: they stay until their term.
create or replace function erase_payouts(p_person_id bigint, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    v_shard constant smallint := shard_of(p_person_id);
begin
    perform require_erasing(p_person_id);
    update payout_method m set archived_at = greatest(now(), created_at)
    where m.shard = v_shard and m.creator_id = p_person_id and m.archived_at is null;
    update payout_method m
    set holder_name = '', account_ending = '', account_key = null, iban = null, bank_code = null, account_number = null,
        sealed_account = '', account_fingerprint = null, name_match = null, name_compared_at = null
    where m.shard = v_shard and m.creator_id = p_person_id and not exists (
        select from payout p where p.shard = v_shard and p.method_id = m.id and p.state in ('sent', 'paid', 'returned'));
    update payout_connection set account = null, state = 'closed', needs = '{}', needs_by = null
    where shard = v_shard and creator_id = p_person_id and not exists (
        select from payout p where p.shard = v_shard and p.method_id = payout_connection.method_id
            and p.state in ('sent', 'paid', 'returned'));
    update payout set attention = null, poll_error = null where shard = v_shard and creator_id = p_person_id;
    update payout_pass a set reason = '–'
    from payout p where p.shard = v_shard and p.creator_id = p_person_id and (a.shard, a.payout_id) = (p.shard, p.id);
    delete from vouched_name where shard = v_shard and creator_id = p_person_id;
    update screening set reference = null, last_error = null, due_at = null where shard = v_shard and creator_id = p_person_id;
    return 0;
end $$;
grant execute on function erase_payouts to plaudit_app;
