-- What is told of a person, without who they are and what they said or called something. A text is theirs when it stands
-- beside a reference to them.
create or replace function without_person(p_value jsonb, p_person_id bigint) returns jsonb
language plpgsql immutable set search_path = public, pg_temp as $$
declare
    is_theirs boolean;
begin
    case jsonb_typeof(p_value)
        when 'array' then
            return (select coalesce(jsonb_agg(without_person(e, p_person_id) order by place), '[]')
                from jsonb_array_elements(p_value) with ordinality as x (e, place));
        when 'object' then
            if p_value ->> 'id' = p_person_id::text and p_value ?& '{issuer,subject}' then
                return p_value || '{"subject": "erased"}';
            end if;
            select coalesce(bool_or(e.value ->> 'id' = p_person_id::text and e.value ? 'issuer'), false) into is_theirs
            from jsonb_each(p_value) e where jsonb_typeof(e.value) = 'object';
            return (select coalesce(jsonb_object_agg(e.key, case
                when is_theirs and jsonb_typeof(e.value) = 'string'
                    and e.key in ('title', 'message', 'text', 'html', 'subject_line', 'account_ending', 'external_id') then '""'
                else without_person(e.value, p_person_id) end), '{}')
                from jsonb_each(p_value) e);
        else
            return p_value;
    end case;
end $$;

-- Whether what is told names a person, before they were taken out of it and after.
create or replace function names_person(p_data json, p_person_id bigint) returns boolean
language sql immutable set search_path = public, pg_temp as $$
    select p_data::text ~ ('"id": ?"' || p_person_id || '", ?"')
$$;

-- Copies for platforms about somebody who is being erased. They stay in their places, which readers count by.
create or replace function erase_events(p_person_id bigint, p_rows_max integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done integer;
    more integer;
begin
    perform require_erasing(p_person_id);
    with chosen as (
        select position, without_person(data::jsonb, p_person_id) as data from event
        where names_person(data, p_person_id) and data::text not like '%"subject": "erased"%' limit p_rows_max
    )
    update event e set data = s.data::json from chosen s where e.position = s.position;
    get diagnostics done = row_count;
    with chosen as (
        select number, without_person(data::jsonb, p_person_id) as data from event_waiting
        where names_person(data, p_person_id) and data::text not like '%"subject": "erased"%' limit p_rows_max
    )
    update event_waiting e set data = s.data::json from chosen s where e.number = s.number;
    get diagnostics more = row_count;
    return done + more;
end $$;
grant execute on function erase_events to plaudit_app;
