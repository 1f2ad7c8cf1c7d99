-- Whether money can go to an account of a creator at a provider, and that nothing is asked for or told before it can.

-- Of a method whose provider pays to an account it keeps itself: null when it takes money, else why not.
create or replace function payout_connection_waits(p_shard smallint, p_method_id uuid) returns timestamptz
language sql stable set search_path = public, pg_temp as $$
    select c.changed_at from payout_connection c
    where c.shard = p_shard and c.method_id = p_method_id and c.state <> 'ready'
$$;

create or replace function payout_connection_is_ready() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if exists (
        select from payout_method m left join payout_connection c on c.shard = m.shard and c.method_id = m.id
        where m.shard = new.shard and m.id = new.method_id and m.kind = 'stripe_account' and c.state is distinct from 'ready')
    then
        raise exception 'the account of method % takes no money yet', new.method_id
            using errcode = 'check_violation', constraint = 'payout_connection_is_ready';
    end if;
    return null;
end $$;
create or replace trigger payout_connection_is_ready after insert on payout
    for each row execute function payout_connection_is_ready();

-- What a provider said of a payout that it had holds as long as it has it, whoever moves it on.
create or replace function end_provider_wait() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    new.provider_wait := null;
    new.provider_wait_until := null;
    return new;
end $$;
create or replace trigger end_provider_wait before update of state on payout
    for each row when (new.state is distinct from old.state) execute function end_provider_wait();

grant execute on function payout_connection_waits to plaudit_app;
