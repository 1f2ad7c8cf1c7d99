-- Brakes in the books: what coins are worth to one, its windows, and how one is laid on wallets.
-- Worth is in millionths of the minor unit of the brake's currency.

-- When the day, week or month of a moment began. Where clocks go back over midnight the day begins at the second one.
create or replace function period_began(p_period text, p_at timestamptz, p_time_zone text)
returns timestamptz language sql stable set search_path = public, pg_temp as $$
    select max(began) from (
        select (date_trunc(p_period, p_at at time zone p_time_zone) - n * ('1 ' || p_period)::interval) at time zone p_time_zone
        from generate_series(0, 1) n
    ) b (began) where began <= p_at
$$;

-- When it will end.
create or replace function period_ends(p_period text, p_at timestamptz, p_time_zone text)
returns timestamptz language sql stable set search_path = public, pg_temp as $$
    select min(ends) from (
        select (date_trunc(p_period, p_at at time zone p_time_zone) + n * ('1 ' || p_period)::interval) at time zone p_time_zone
        from generate_series(0, 1) n
    ) e (ends) where ends > p_at
$$;

-- From when on clocks of a time zone show a time or a later one. Where they are set back, p_begins takes the first such
-- moment, and else it is the one after which they show no earlier time any more.
create or replace function clocks_show(p_local timestamp, p_time_zone text, p_begins boolean)
returns timestamptz language plpgsql stable set search_path = public, pg_temp as $$
declare
    around constant interval := '3 hours';
    at constant timestamptz := p_local at time zone p_time_zone;
begin
    if (at - around) at time zone p_time_zone = p_local - around and (at + around) at time zone p_time_zone = p_local + around then
        return at; -- they are not changed near it
    end if;
    return (
        select case when p_begins then min(minute) filter (where shown >= p_local)
            else max(minute) filter (where shown < p_local) + interval '1 minute' end
        from generate_series(at - around, at, '1 minute') minute
        cross join lateral (select minute at time zone p_time_zone as shown) s);
end $$;

-- What a coin of a lot is worth: what it cost, or, when it was given or bought in another currency, as the brake says.
create or replace function coin_worth_of(p_lot lot, p_currency text, p_coin_worth bigint)
returns bigint language sql immutable set search_path = public, pg_temp as $$
    select case when p_lot.kind = 'paid' and p_lot.currency = p_currency
        then round(p_lot.price_minor::numeric * 1000000 / p_lot.coins)::bigint else p_coin_worth end
$$;

-- What coins of a wallet are worth from p_start_coin on; until which coin each is worth the same as the first, and how much.
create or replace function worth_from(
    p_shard smallint, p_viewer_id bigint, p_start_coin bigint, p_coins bigint, p_currency text, p_coin_worth bigint,
    out worth bigint, out through bigint, out first_worth bigint
) language sql stable set search_path = public, pg_temp as $$
    with ahead as materialized (
        select s.start_coin, s.end_coin, coin_worth_of(l, p_currency, p_coin_worth) as unit
        from strip s join lot l on l.shard = s.shard and l.lot_id = s.lot_id
        where s.shard = p_shard and s.viewer_id = p_viewer_id and s.end_coin > p_start_coin
            and s.start_coin < p_start_coin + p_coins
    )
    select (coalesce(sum((least(end_coin, p_start_coin + p_coins) - greatest(start_coin, p_start_coin)) * unit), 0)
            + (p_start_coin + p_coins - least(coalesce(max(end_coin), p_start_coin), p_start_coin + p_coins)) * p_coin_worth)::bigint,
        min(end_coin), (array_agg(unit order by start_coin))[1]
    from ahead
$$;

-- Gifts of a viewer since a moment: no more than a milestone's are looked at beside them.
create or replace function gifts_since(p_shard smallint, p_viewer_id bigint, p_since timestamptz)
returns setof gift language sql stable set search_path = public, pg_temp as $$
    select g.*
    from (
        select coalesce((
            select m.spent_before from gift_milestone m
            join gift g on g.shard = m.shard and g.viewer_id = m.viewer_id and g.id = m.gift_id
            where m.shard = p_shard and m.viewer_id = p_viewer_id and g.charged_at < p_since
            order by m.spent_before desc limit 1), 0) as spent_before
    ) walked
    cross join lateral gifts_of(p_shard, p_viewer_id, null, walked.spent_before) g
    where g.charged_at >= p_since
$$;

-- What was given out of a wallet since a moment, as the gifts say.
create or replace function given_since(
    p_shard smallint, p_viewer_id bigint, p_since timestamptz, p_currency text, p_coin_worth bigint
) returns bigint language sql stable set search_path = public, pg_temp as $$
    select coalesce(sum(w.worth), 0)::bigint
    from gifts_since(p_shard, p_viewer_id, p_since) g
    cross join lateral worth_from(p_shard, p_viewer_id, g.spent_before, g.coins, p_currency, p_coin_worth) w
$$;

-- After how long without a gift a session is over.
create or replace function session_gap() returns interval
language sql stable security definer set search_path = public, pg_temp as $$
    select make_interval(secs => seconds) from brake_rule where name = 'session_gap'
$$;

-- A brake as it is at a moment: windows that are over have begun anew, at what is given by then.
create or replace function turned_brake(p_brake brake, p_at timestamptz)
returns brake language plpgsql stable set search_path = public, pg_temp as $$
declare
    b brake := p_brake;
    today timestamp;
begin
    if b.session_since is null or p_at - b.given_at >= session_gap() then
        b.session_since := p_at;
        b.session_mark := b.given;
    end if;
    if b.day_until is null or p_at >= b.day_until then
        b.day_since := period_began('day', p_at, b.time_zone);
        b.day_until := period_ends('day', p_at, b.time_zone);
        b.day_mark := b.given;
    end if;
    if b.week_until is null or p_at >= b.week_until then
        b.week_since := period_began('week', p_at, b.time_zone);
        b.week_until := period_ends('week', p_at, b.time_zone);
        b.week_mark := b.given;
    end if;
    if b.month_until is null or p_at >= b.month_until then
        b.month_since := period_began('month', p_at, b.time_zone);
        b.month_until := period_ends('month', p_at, b.time_zone);
        b.month_mark := b.given;
    end if;
    b.night_since := null;
    b.night_until := null;
    if b.night_from_minute is not null then
        today := date_trunc('day', p_at at time zone b.time_zone);
        select n.since, n.until into b.night_since, b.night_until
        from generate_series(-1, 1) day
        cross join lateral (
            select clocks_show(today + make_interval(days => day, mins => b.night_from_minute), b.time_zone, true) as since,
                clocks_show(today + make_interval(days => day + (b.night_to_minute <= b.night_from_minute)::integer,
                    mins => b.night_to_minute), b.time_zone, false) as until
        ) n
        where n.until > p_at order by n.since limit 1;
    end if;
    return b;
end $$;

-- The longest period that has a limit.
create or replace function period_of(p_brake brake, out name text, out mark bigint, out most bigint)
language sql immutable set search_path = public, pg_temp as $$
    select name, mark, most from (values
        (1, 'month', p_brake.month_mark, p_brake.month_max),
        (2, 'week', p_brake.week_mark, p_brake.week_max),
        (3, 'day', p_brake.day_mark, p_brake.day_max)
    ) p (place, name, mark, most)
    where most is not null order by place limit 1
$$;

-- Which part of a brake holds a gift, or null: the pause, the night, and else of the limits that it passes the one that
-- holds longest; a question only when nothing holds it. The room is what may still be given, and ends_at when that changes.
create or replace function brake_on(
    p_brake brake, p_at timestamptz, p_worth bigint, p_creator_given bigint, p_confirmed_minor bigint
) returns brake_word language plpgsql stable set search_path = public, pg_temp as $$
declare
    word brake_word;
    is_night constant boolean := coalesce(p_at >= p_brake.night_since and p_at < p_brake.night_until, false);
begin
    word.worth := p_worth;
    word.currency := p_brake.currency;
    word.session_given := p_brake.given - p_brake.session_mark;
    select name, p_brake.given - mark, most into word.period, word.period_given, word.period_max from period_of(p_brake);
    word.reminds := false;
    if p_brake.stopped_until > p_at then
        word.stopped_by := case when p_brake.stopped_until = 'infinity' then 'guardian' else 'pause' end;
        word.room := 0;
        word.ends_at := nullif(p_brake.stopped_until, 'infinity');
    elsif is_night and not p_brake.night_asks then
        word.stopped_by := 'night';
        word.room := 0;
        word.ends_at := p_brake.night_until;
    else
        select l.name, greatest(l.most - l.given, 0), l.until into word.stopped_by, word.room, word.ends_at
        from (values
            ('gift', p_brake.gift_max, 0, null::timestamptz),
            ('creator', p_brake.creator_max, p_creator_given, p_brake.month_until),
            ('session', p_brake.session_max, p_brake.given - p_brake.session_mark,
                coalesce(p_brake.given_at, p_at) + session_gap()),
            ('day', p_brake.day_max, p_brake.given - p_brake.day_mark, p_brake.day_until),
            ('week', p_brake.week_max, p_brake.given - p_brake.week_mark, p_brake.week_until),
            ('month', p_brake.month_max, p_brake.given - p_brake.month_mark, p_brake.month_until)
        ) l (name, most, given, until)
        where p_worth > l.most - l.given
        order by l.until desc nulls first limit 1;
        if word.stopped_by is null and (is_night or p_worth > p_brake.ask_above)
            and p_worth > coalesce(p_confirmed_minor, 0) * 1000000
        then
            word.stopped_by := 'ask';
        end if;
    end if;
    return word;
end $$;

-- What was given out of a wallet whose brake no other shares.
create or replace function given_of(p_purse wallet)
returns bigint language sql immutable set search_path = public, pg_temp as $$
    select p_purse.given + (p_purse.spent - p_purse.given_spent) * p_purse.next_coin_worth
$$;

-- A wallet's brake as it is at a moment, with what is given by then; null without one.
create or replace function brake_of(p_viewer_id bigint, p_at timestamptz)
returns brake language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
    purse wallet;
    b brake;
begin
    select * into purse from wallet where shard = shard_of(p_viewer_id) and viewer_id = p_viewer_id;
    select * into b from brake where id = purse.brake_id;
    if not found then
        return null;
    end if;
    if not b.is_shared then
        b.given := given_of(purse);
        b.given_at := purse.combo_at;
    end if;
    return turned_brake(b, p_at);
end $$;

-- What somebody gave to a creator in the month of a brake.
create or replace function given_to(p_brake brake, p_creator_id bigint)
returns bigint language sql stable set search_path = public, pg_temp as $$
    select coalesce(sum(c.given), 0)::bigint from brake_creator c
    where p_brake.creator_max is not null and c.brake_id = p_brake.id and c.creator_id = p_creator_id
        and c.since >= p_brake.month_since
$$;

-- Ask a brake about a gift of a wallet that the caller has locked. When it holds nothing and the coins are there, it is
-- counted, and the wallet told how far to go without asking. Internal to charge().
create or replace function ask_brake(
    p_purse wallet, p_gift gift_line, p_worth bigint, p_at timestamptz, p_confirmed_minor bigint
) returns brake_step language plpgsql set search_path = public, pg_temp as $$
declare
    b brake;
    step brake_step;
    word brake_word;
    period record;
begin
    select * into b from brake where id = p_purse.brake_id for no key update;
    if not b.is_shared then
        b.given := p_purse.given;
        b.given_at := p_purse.combo_at;
    end if;
    b := turned_brake(b, p_at);
    word := brake_on(b, p_at, p_worth, given_to(b, p_gift.creator_id), p_confirmed_minor);
    if word.stopped_by is null and p_purse.coins >= p_gift.coins then
        b.given := b.given + p_worth;
        b.given_at := p_at;
        update brake set given = b.given, given_at = b.given_at, night_since = b.night_since, night_until = b.night_until,
            session_since = b.session_since, session_mark = b.session_mark, day_since = b.day_since, day_until = b.day_until,
            day_mark = b.day_mark, week_since = b.week_since, week_until = b.week_until, week_mark = b.week_mark,
            month_since = b.month_since, month_until = b.month_until, month_mark = b.month_mark
        where id = b.id;
        if b.creator_max is not null then
            insert into brake_creator as c (brake_id, creator_id, since, given)
            values (b.id, p_gift.creator_id, b.month_since, p_worth)
            on conflict (brake_id, creator_id) do update set since = b.month_since,
                given = p_worth + case when c.since >= b.month_since then c.given else 0 end;
        end if;
        word.session_given := b.given - b.session_mark;
        word.period_given := word.period_given + p_worth;
        word.reminds := coalesce(
            (b.given - b.session_mark) / b.remind_each > (b.given - p_worth - b.session_mark) / b.remind_each, false);
    end if;
    step.word := word;
    step.given := b.given;
    step.session_mark := b.session_mark;
    select * into period from period_of(b);
    step.period_mark := period.mark;
    step.gift_worth_max := coalesce(least(b.gift_max, b.ask_above), 9223372036854775807);
    if not b.is_shared and b.creator_max is null then
        step.given_through := greatest(b.given, coalesce(least(
            b.session_mark + b.session_max, b.day_mark + b.day_max, b.week_mark + b.week_max, b.month_mark + b.month_max,
            b.session_mark + ((b.given - b.session_mark) / b.remind_each + 1) * b.remind_each - 1), 9223372036854775807));
    end if;
    if p_at < coalesce(b.night_since, 'infinity') then
        step.brake_until := least(b.day_until, b.week_until, b.month_until, b.night_since);
    end if;
    return step;
end $$;

-- A wallet after its brake let a gift pass: until which coin, and up to how many at once, gifts need not ask again. Of
-- p_through on it is not known what coins are worth. Internal to charge().
create or replace function free_way(p_purse wallet, p_step brake_step, p_coins bigint, p_through bigint, p_coin_worth bigint)
returns wallet language plpgsql immutable set search_path = public, pg_temp as $$
declare
    purse wallet := p_purse;
begin
    purse.given := p_step.given;
    purse.given_spent := p_purse.spent + p_coins;
    purse.next_coin_worth := coalesce(p_coin_worth, 0);
    purse.free_through := null;
    if purse.given_spent <= p_through and p_step.given_through is not null then
        purse.free_through := least(p_through,
            purse.given_spent::numeric + div(p_step.given_through - p_step.given, nullif(p_coin_worth, 0)));
    end if;
    purse.free_gift_max := coalesce(p_step.gift_worth_max / nullif(p_coin_worth, 0), p_step.gift_worth_max);
    purse.brake_until := p_step.brake_until;
    purse.session_mark := p_step.session_mark;
    purse.period_mark := p_step.period_mark;
    return purse;
end $$;

-- Nothing is spent out of these wallets, and no brake of theirs changes, until the transaction ends.
create or replace function lock_wallets(p_viewer_ids bigint[])
returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into wallet (shard, viewer_id) select shard_of(v), v from unnest(p_viewer_ids) v on conflict do nothing;
    perform from wallet where (shard, viewer_id) in (select shard_of(v), v from unnest(p_viewer_ids) v)
    order by shard, viewer_id for no key update;
end $$;

-- What accounts of one person gave, as their gifts say.
create or replace function given_by(p_members bigint[], p_since timestamptz, p_brake brake)
returns bigint language sql stable set search_path = public, pg_temp as $$
    select coalesce(sum(given_since(shard_of(m), m, p_since, p_brake.currency, p_brake.coin_worth)), 0)::bigint
    from unnest(p_members) m
$$;

-- Lay a brake on the wallets of one person, or take it off (without a currency). What was given in its windows is counted
-- out of the books. A window that is under way stays: it ends where it was to end, or, in another time zone, at the
-- first midnight there after that, so that no change lets more be given.
create or replace function lay_brake(p_members bigint[], p_brake brake, p_at timestamptz)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
    ids_before bigint[];
    before brake;
    b brake := p_brake;
    in_session bigint;
    in_day bigint;
    in_week bigint;
    in_month bigint;
begin
    perform lock_wallets(p_members);
    ids_before := array(
        select distinct w.brake_id from wallet w join unnest(p_members) m on w.shard = shard_of(m) and w.viewer_id = m
        where w.brake_id is not null);
    b.id := (select min(m) from unnest(p_members) m);
    b.is_shared := cardinality(p_members) > 1;
    perform from brake where id = any (ids_before) or id = b.id order by id for no key update;
    select f.* into before from unnest(p_members) m cross join lateral brake_of(m, p_at) f
    where f.id is not null order by m limit 1;

    update wallet w set brake_id = null, given = null, given_spent = null, next_coin_worth = null, free_through = null,
        free_gift_max = null, brake_until = null, session_mark = null, period_mark = null
    from unnest(p_members) m where w.shard = shard_of(m) and w.viewer_id = m;
    delete from brake_creator where brake_id = any (p_members);
    delete from brake where id = any (ids_before) and not exists (select from wallet w where w.brake_id = brake.id);
    if b.currency is null then
        return;
    end if;

    if before.id is not null then
        b.session_since := before.session_since;
        b.day_since := before.day_since;
        b.day_until := before.day_until;
        b.week_since := before.week_since;
        b.week_until := before.week_until;
        b.month_since := before.month_since;
        b.month_until := before.month_until;
        if before.time_zone <> b.time_zone then
            b.day_until := period_ends('day', b.day_until - interval '1 microsecond', b.time_zone);
            b.week_until := period_ends('week', b.week_until - interval '1 microsecond', b.time_zone);
            b.month_until := period_ends('month', b.month_until - interval '1 microsecond', b.time_zone);
        end if;
    end if;
    b.given := 0;
    b.given_at := (select max(w.combo_at) from wallet w join unnest(p_members) m on w.shard = shard_of(m) and w.viewer_id = m);
    b := turned_brake(b, p_at);
    in_session := given_by(p_members, b.session_since, b);
    in_day := given_by(p_members, b.day_since, b);
    in_week := given_by(p_members, b.week_since, b);
    in_month := given_by(p_members, b.month_since, b);
    b.given := greatest(in_session, in_day, in_week, in_month);
    b.session_mark := b.given - in_session;
    b.day_mark := b.given - in_day;
    b.week_mark := b.given - in_week;
    b.month_mark := b.given - in_month;
    delete from brake where id = b.id;
    insert into brake select b.*;
    update wallet w set brake_id = b.id, given = b.given, given_spent = w.spent, next_coin_worth = 0
    from unnest(p_members) m where w.shard = shard_of(m) and w.viewer_id = m;
    insert into brake_creator (brake_id, creator_id, since, given)
    select b.id, g.creator_id, b.month_since, sum(w.worth)
    from unnest(p_members) m
    cross join lateral gifts_since(shard_of(m), m, b.month_since) g
    cross join lateral worth_from(shard_of(m), m, g.spent_before, g.coins, b.currency, b.coin_worth) w
    where b.creator_max is not null group by g.creator_id;
end $$;
