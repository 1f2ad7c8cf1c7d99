-- When money usually arrives, and what a payout waits for until when. Working days are Monday to Friday; no holidays are kept.

create or replace function working_days_after(p_day date, p_days integer) returns date
language sql immutable set search_path = public, pg_temp as $$
    select case when p_days = 0 then p_day else (
        select day from (
            select d::date as day, row_number() over (order by d) as number
            from generate_series(p_day + 1, p_day + 2 * p_days + 3, interval '1 day') d where extract(isodow from d) < 6) w
        where number = p_days)
    end
$$;

-- In how many working days an operator usually decides, and in how many what is sent is there, by where it goes.
create or replace function payout_usual_days(p_kind text)
returns table (decided integer, there_from integer, there_to integer)
language sql immutable set search_path = public, pg_temp as $$
    select 3, u.there_from, u.there_to
    from (values ('bank_account', 1, 3), ('stripe_account', 2, 5), ('paypal', 0, 1)) u (kind, there_from, there_to)
    where u.kind = p_kind
$$;

-- From when to when a payout that is asked for at a moment arrives.
create or replace function payout_arrival(p_kind text, p_at timestamptz, out arrives_from date, out arrives_to date)
language sql immutable set search_path = public, pg_temp as $$
    select working_days_after((p_at at time zone 'UTC')::date, u.there_from),
        working_days_after(working_days_after((p_at at time zone 'UTC')::date, u.decided), u.there_to)
    from payout_usual_days(p_kind) u
$$;

-- What a payout waits for, and when that is usually, or for certain, over; null: nothing, or no moment is known.
create or replace function payout_waits(
    p_state text, p_kind text, p_requested_at timestamptz, p_changed_at timestamptz, p_provider_wait text,
    p_provider_wait_until timestamptz, p_provider_arrives_on date
) returns table (waits_for text, waits_until timestamptz)
language sql immutable set search_path = public, pg_temp as $$
    select w.reason, coalesce(w.until, (w.day + 1)::timestamp at time zone 'UTC')
    from (select 1) one left join lateral (
        select 'approval' as reason, null::timestamptz as until,
            working_days_after((p_requested_at at time zone 'UTC')::date, u.decided) as day
        from payout_usual_days(p_kind) u where p_state = 'requested'
        union all
        select 'sending', null, working_days_after((p_changed_at at time zone 'UTC')::date, 1) where p_state = 'approved'
        union all
        select p_provider_wait, p_provider_wait_until, null where p_state = 'sent' and p_provider_wait is not null
        union all
        select 'arrival', null, coalesce(p_provider_arrives_on, working_days_after((p_changed_at at time zone 'UTC')::date, u.there_to))
        from payout_usual_days(p_kind) u where p_state = 'sent' and p_provider_wait is null) w on true
$$;

grant execute on function working_days_after, payout_usual_days, payout_arrival, payout_waits to plaudit_app;
