-- The check code of a document: sixty bits of a keyed hash of what it is, its name, sum and day, as twelve signs that are
-- not taken for each other (Crockford's). The key is hashed twice, so that nothing can be put behind what was hashed.
create or replace function check_code(p_kind text, p_name text, p_amount bigint, p_currency text, p_at timestamptz)
returns text language sql stable security definer set search_path = public, pg_temp as $$
    select string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', (get_byte(h.hash, place) & 31) + 1, 1), '' order by place)
    from check_code_key k
    cross join lateral (select concat_ws('|', p_kind, p_name, p_amount, p_currency, to_char(p_at at time zone 'UTC', 'YYYY-MM-DD'))) d (said)
    cross join lateral (select sha256(k.key || sha256(k.key || convert_to(d.said, 'UTF8')))) h (hash)
    cross join generate_series(0, 11) place
$$;

grant execute on function check_code to plaudit_app;
