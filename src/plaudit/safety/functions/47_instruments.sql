-- What accounts share: cards, devices and addresses they were seen with, and bank accounts that payouts go to.
create or replace view instrument_in_use as
    select kind, print, person_id, last_seen_at from instrument
    union all
    select 'account', account_fingerprint, creator_id, max(created_at) from payout_method
    where account_fingerprint is not null group by account_fingerprint, creator_id;
grant select on instrument_in_use to plaudit_app;

-- Accounts that may be one person: who is linked to somebody by a decision (`accounts_of`), and who was seen with the same
-- card, device or account. Nothing is held against anybody by the second: an operator links them, or does not.
create or replace function accounts_near(p_person_id bigint, p_crowd integer)
returns table (person_id bigint, is_linked boolean, kinds text[]) language sql stable set search_path = public, pg_temp as $$
    with own as materialized (
        select accounts_of(p_person_id) as id
    ), shared as (
        select other.person_id, mine.kind
        from instrument_in_use mine join instrument_in_use other on other.kind = mine.kind and other.print = mine.print
        where mine.person_id in (select id from own) and other.person_id not in (select id from own)
            and (select count(*) from instrument_in_use i where i.kind = mine.kind and i.print = mine.print) <= p_crowd
    )
    select id, true, '{}'::text[] from own where id <> p_person_id
    union all
    select s.person_id, false, array_agg(distinct s.kind order by s.kind) from shared s group by s.person_id
$$;
grant execute on function accounts_near to plaudit_app;
