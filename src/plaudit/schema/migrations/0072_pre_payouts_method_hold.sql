-- Who takes over an account adds a bank account first: nothing is paid to a new one for a while.

alter table payout_method add column payable_from timestamptz check (payable_from >= created_at);
comment on column payout_method.payable_from is 'no payout to it can be asked for before; null: at once, as when nothing was held back';

create function method_is_payable() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if exists (
        select from payout_method m
        where m.shard = new.shard and m.id = new.method_id and m.payable_from > new.requested_at
    ) then
        raise exception 'nothing is paid to method % yet', new.method_id
            using errcode = 'check_violation', constraint = 'method_is_payable';
    end if;
    return null;
end $$;
create trigger method_is_payable after insert on payout for each row execute function method_is_payable();
