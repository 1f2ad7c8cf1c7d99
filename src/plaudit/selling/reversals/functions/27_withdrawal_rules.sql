-- Rules of withdrawal are decided by two. A rule has no number: its decision says the same region, day, days and basis.
create or replace function withdrawal_rule_is_decided() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if not pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'usage')
        and not exists (
            select from decision
            where kind = 'withdrawal_rule' and outcome = 'confirmed' and content::jsonb @> jsonb_build_object('region', new.region,
                'valid_from', new.valid_from, 'days', new.days, 'basis', new.basis))
    then
        raise exception 'a rule of withdrawal needs a confirmed decision'
            using errcode = 'check_violation', constraint = 'withdrawal_rule_is_decided';
    end if;
    return new;
end $$;
create or replace trigger withdrawal_rule_is_decided before insert on withdrawal_rule
    for each row execute function withdrawal_rule_is_decided();
