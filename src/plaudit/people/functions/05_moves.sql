-- Subjects that lead elsewhere: nobody new comes by one.

-- The person that an account turned out to be, over any number of merges.
create or replace function final_person(p_person_id bigint) returns bigint
language sql stable set search_path = public, pg_temp as $$
    with recursive way (id) as (
        select p_person_id union select m.person_id from way w join person_move m on m.merged_id = w.id)
    select w.id from way w where not exists (select from person_move m where m.merged_id = w.id)
$$;

-- All accounts that turned out to be one person's, whichever of them is asked about.
create or replace function merged_accounts(p_person_id bigint) returns setof bigint
language sql stable set search_path = public, pg_temp as $$
    with recursive one (id) as (
        select p_person_id
        union
        select case m.merged_id when o.id then m.person_id else m.merged_id end
        from one o join person_move m on m.merged_id is not null and (m.merged_id = o.id or m.person_id = o.id)
    )
    select id from one
$$;

-- After the row is there: whoever waited for the subject sees where it leads.
create or replace function person_comes_by_their_subject() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    if exists (select from person_move m where (m.issuer_id, m.subject) = (new.issuer_id, new.subject)) then
        raise exception 'subject % leads to another person', new.subject
            using errcode = 'check_violation', constraint = 'person_comes_by_their_subject';
    end if;
    return null;
end $$;
create or replace trigger person_comes_by_their_subject after insert or update of subject on person
    for each row execute function person_comes_by_their_subject();

-- Somebody is called otherwise by their platform. For who owns the tables: what a key may is judged by `rename_person`.
create or replace function move_subject(p_id uuid, p_person_id bigint, p_subject text, p_at timestamptz) returns void
language plpgsql set search_path = public, pg_temp as $$
declare
    v_person person;
begin
    select * into strict v_person from person where id = p_person_id for update;
    update person set subject = p_subject where id = p_person_id;
    insert into person_move (id, issuer_id, subject, to_subject, person_id, moved_at)
    values (p_id, v_person.issuer_id, v_person.subject, p_subject, p_person_id, p_at);
end $$;

-- An account turned out to be another's: its subject leads there, and nobody comes by it any more. For who owns the
-- tables: what may be merged is judged by `merge_person`.
create or replace function move_merged(p_id uuid, p_merged_id bigint, p_into_id bigint, p_at timestamptz) returns void
language plpgsql set search_path = public, pg_temp as $$
declare
    v_merged person;
begin
    select * into strict v_merged from person where id = p_merged_id;
    update person set subject = 'merged:' || p_id, platform_roles = '{}' where id = p_merged_id;
    insert into person_move (id, issuer_id, subject, to_subject, person_id, merged_id, moved_at)
    select p_id, v_merged.issuer_id, v_merged.subject, p.subject, p_into_id, p_merged_id, p_at from person p where p.id = p_into_id;
    update role_grant set taken_at = greatest(p_at, granted_at) where person_id = p_merged_id and taken_at is null;
    update session set ended_at = greatest(p_at, created_at) where person_id = p_merged_id and ended_at is null;
    delete from sign_in_code where person_id = p_merged_id;
end $$;

revoke execute on function move_subject, move_merged from public;
grant execute on function final_person, merged_accounts to plaudit_app;
