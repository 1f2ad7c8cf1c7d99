-- No operator gives money back to themself.
create or replace function refund_is_of_another() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if are_linked(new.requested_by, new.person_id) then
        raise exception 'nobody refunds an order of their own, or of an account linked to theirs'
            using errcode = 'check_violation', constraint = 'refund_is_of_another';
    end if;
    return new;
end $$;
create or replace trigger refund_is_of_another before insert on reversal
    for each row when (new.kind = 'refund' and new.requested_by is not null) execute function refund_is_of_another();
