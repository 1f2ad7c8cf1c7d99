-- An act, as the last thing its transaction does. Unless p_always, only if the transaction has written something;
-- answers whether the act was written.
create or replace function write_act(p_id uuid, p_record text, p_always boolean) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if not p_always and pg_current_xact_id_if_assigned() is null then
        return false;
    end if;
    insert into act (id, record) values (p_id, p_record::json);
    insert into act_unsealed (act_id) values (p_id);
    return true;
end $$;

-- Gives the next committed acts their places in the chain; answers how many. Nothing while another process is at it.
create or replace function seal_acts(p_acts_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    chain act_chain;
    waiting record;
    sealed integer := 0;
begin
    select * into chain from act_chain for no key update skip locked;
    if not found then
        return 0;
    end if;
    for waiting in
        select a.id, a.record::text as record from act_unsealed u join act a on a.id = u.act_id
        order by u.number limit p_acts_max
    loop
        chain.last := chain.last + 1;
        chain.hash := sha256(chain.hash || convert_to(waiting.record, 'UTF8'));
        insert into act_seal (position, act_id, hash) values (chain.last, waiting.id, chain.hash);
        delete from act_unsealed where act_id = waiting.id;
        sealed := sealed + 1;
    end loop;
    update act_chain set last = chain.last, hash = chain.hash where sealed > 0;
    return sealed;
end $$;

grant execute on function write_act, seal_acts to plaudit_app;
